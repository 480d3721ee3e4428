# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a lab lives: namespaces of its own for processes, mounts, networks
and names, so that labs beside each other never meet and nothing outlives one.

Its first process is the init of a process namespace: when that ends, however
it ends, the kernel ends every process of the lab, and with them go the
network namespaces (named in a /run of the lab's own), their interfaces and
the files in /run, which is memory. Outside, a lab leaves no name at all.

unshare(2), pid_namespaces(7), mount_namespaces(7), PR_SET_PDEATHSIG in
prctl(2).
"""

import ctypes
import os
import signal
import subprocess
import sys
import traceback

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
MS_REC, MS_PRIVATE, MS_BIND = 0x4000, 0x40000, 0x1000
MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
NAME = "lab"
OWN_FILES = {
    "/etc/hosts": f"127.0.0.1 localhost {NAME}\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "/etc/resolv.conf": "",
}
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

LIBC = ctypes.CDLL(None, use_errno=True)
# In the order of entering: a process namespace counts for children only.
KINDS = (("mnt", CLONE_NEWNS), ("net", CLONE_NEWNET), ("uts", CLONE_NEWUTS),
         ("ipc", CLONE_NEWIPC), ("pid", CLONE_NEWPID))


class CannotEnclose(Exception):
    """This machine or this user does not allow such namespaces."""


def _call(name, *arguments):
    if getattr(LIBC, name)(*arguments):
        number = ctypes.get_errno()
        raise CannotEnclose(f"{name}: {os.strerror(number)}")


def _mount(source, target, kind, flags=0, data=""):
    _call("mount", source.encode(), target.encode(), kind.encode(),
          ctypes.c_ulong(flags), data.encode())


def die_with(parent):
    """The calling process is killed when its parent is. parent: its pid, or
    0 where it stands outside the process namespace."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # it is gone already


def _own_mounts():
    """A /proc, /sys and /run of the lab's; none of it reaches the host."""
    try:
        _mount("none", "/", "", MS_REC | MS_PRIVATE)
    except CannotEnclose:
        # In a plain chroot "/" is no mount: a copy that is one takes its
        # place.
        here = os.getcwd()
        _mount("/", "/run", "", MS_BIND | MS_REC)
        os.chroot("/run")
        os.chdir(here)
        _mount("none", "/", "", MS_REC | MS_PRIVATE)
    guarded = MS_NOSUID | MS_NODEV | MS_NOEXEC
    _mount("proc", "/proc", "proc", guarded)
    _mount("sysfs", "/sys", "sysfs", guarded)
    _mount("run", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")
    os.makedirs("/run/netns", exist_ok=True)
    os.makedirs("/run/lab", exist_ok=True)
    _own_names()


def _own_names():
    """No name of the host's, and nobody that its programs would ask: a server
    that looks up who it is must not send the question through the lab."""
    _call("sethostname", NAME.encode(), len(NAME))
    for path, text in OWN_FILES.items():
        if not os.path.isfile(path):
            continue  # without it, too, nobody but the lab's own is asked
        own = os.path.join("/run", os.path.basename(path))
        with open(own, "w", encoding="ascii") as file:
            file.write(text)
        _mount(own, path, "", MS_BIND)


def _reap_until(pid):
    """As init: waits for every child; the exit status of pid."""
    while True:
        ended, status = os.wait()
        if ended == pid:
            return os.waitstatus_to_exitcode(status)


def _as_init(work):
    """The first process of a process namespace: does work in a child, reaps
    what is left. Returns the status of work."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    pid = os.fork()
    if pid == 0:
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        _finish(work)
    status = _reap_until(pid)
    return status if 0 <= status < 256 else 1


def _finish(work):
    """Ends this process with what work returns."""
    status = 1
    try:
        status = work() or 0
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = 130
    except CannotEnclose as why:
        os.write(2, f"lab: {why}\n".encode())
        status = 4
    except Exception:  # pylint: disable=broad-except
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _holder(work):
    """Makes the namespaces and waits for their init."""
    flags = 0
    for _, flag in KINDS:
        flags |= flag
    _call("unshare", flags)
    pid = os.fork()
    if pid == 0:
        die_with(0)

        def first():
            _own_mounts()
            return _as_init(work)

        _finish(first)
    return _reap_until(pid)


def start(work):
    """
    Runs work() in a new lab that dies with this process. Returns the pid of
    the lab's holder: kill it and all of the lab is gone, wait for it and its
    status is what work returned.
    """
    me = os.getpid()
    pid = os.fork()
    if pid == 0:
        die_with(me)
        _finish(lambda: _holder(work))
    return pid


def end(pid):
    """Ends what start or join began, and returns when all of it is gone: an
    init is not reaped before the last process of its namespace."""
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # the same interrupt has ended it
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass


def start_background(work, told):
    """
    Runs work() in a new lab that lives on. told(pid of the holder) is called
    in a process that stays beside it for a moment.
    """
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        return
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    # Whoever reads what this command says waits for no lab.
    quiet = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(quiet, number)
    holder = os.fork()
    if holder == 0:
        _finish(lambda: _holder(work))
    told(holder)
    os._exit(0)


def _beside(work):
    """In the lab's namespaces: work() in a process namespace within theirs,
    so that what it starts ends with it, also when it is killed."""
    here = os.getcwd()
    _call("unshare", CLONE_NEWPID | CLONE_NEWNS)
    pid = os.fork()
    if pid == 0:
        die_with(0)

        def first():
            _mount("none", "/", "", MS_REC | MS_PRIVATE)
            _mount("proc", "/proc", "proc",
                   MS_NOSUID | MS_NODEV | MS_NOEXEC)
            os.chdir(here)
            return _as_init(work)

        _finish(first)
    return _reap_until(pid)


def join(init, work):
    """
    Runs work() inside the lab whose init has that pid (as seen here), in
    processes that die with this one. Returns the pid to wait for.
    """
    me = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    die_with(me)

    def entering():
        here = os.getcwd()
        root = os.open(f"/proc/{init}/root", os.O_RDONLY)
        handles = [(os.open(f"/proc/{init}/ns/{name}", os.O_RDONLY), flag)
                   for name, flag in KINDS]
        for handle, flag in handles:
            _call("setns", handle, flag)
            os.close(handle)
        os.fchdir(root)
        os.chroot(".")
        os.close(root)
        os.chdir(here)
        child = os.fork()
        if child == 0:
            die_with(0)
            _finish(lambda: _beside(work))
        return _reap_until(child)

    _finish(entering)
    return None


def show_at(folder, path):
    """The folder is also at that path, inside the lab alone."""
    os.makedirs(path, exist_ok=True)
    _mount(folder, path, "", MS_BIND)


def enter_net(name):
    """This process and its children are in that network namespace."""
    handle = os.open(f"/run/netns/{name}", os.O_RDONLY)
    _call("setns", handle, CLONE_NEWNET)
    os.close(handle)


def in_net(name):
    """For preexec_fn: the same, in its own process group."""
    def enter():
        enter_net(name)
        os.setsid()
    return enter


def possible():
    """None, or why there can be no lab here: "root" or "namespaces"."""
    if os.geteuid():
        return "root"
    done = subprocess.run(
        ["unshare", "--mount", "--propagation", "unchanged", "--pid", "--net",
         "--ipc", "--uts", "--fork", "true"], capture_output=True, check=False)
    return None if done.returncode == 0 else "namespaces"
