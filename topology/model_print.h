/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parts of printing a model that its two files share. Only model_print*.c
 * include this.
 */
#ifndef MODEL_PRINT_H
#define MODEL_PRINT_H

#include "base/jsonw.h"
#include "model.h"

/* Each writes nothing when there is nothing. */
void model_print_text(struct jsonw *w, const char *key, const char *s);
void model_print_day(struct jsonw *w, const char *key, struct day d);
void model_print_strings(struct jsonw *w, const char *key, const char *const *s,
    size_t count);
void model_print_networks(struct jsonw *w, const char *key,
    const struct prefix_set *s);
/* Prefixes as addresses and ranges a-b. */
void model_print_hosts(struct jsonw *w, const char *key,
    const struct prefix_set *s);
void model_print_addresses(struct jsonw *w, const char *key,
    const struct addr *a, size_t count);
void model_print_ports(struct jsonw *w, const struct port_range *p,
    size_t count);
void model_print_zones(struct jsonw *w, const char *key,
    const struct zone *const *zones, size_t count);
void model_print_links(struct jsonw *w, const struct link *const *links,
    size_t count);
void model_print_approval(struct jsonw *w, const char *key,
    const struct approval *a);
void model_print_schedule(struct jsonw *w, const char *key,
    const struct schedule *s);
/* A count with its unit: "90 days". */
void model_print_amount(struct jsonw *w, const char *key, int64_t n,
    const char *unit);
/* One service as an object. */
void model_print_service(struct jsonw *w, const char *key,
    const struct service *s);

/* model_print_segment.c */
void model_print_macs(struct jsonw *w, const char *key, const struct mac *m,
    size_t count);
void model_print_tap_segment(struct jsonw *w, const struct tap *tap);
void model_print_host_segment(struct jsonw *w, const struct host *h);
void model_print_tunnels(struct jsonw *w, const struct model *m);
void model_print_containments(struct jsonw *w, const struct model *m);

/* model_print_permit.c: service groups to emergencies. */
void model_print_permit(struct jsonw *w, const struct model *m);
void model_print_lists(struct jsonw *w, const struct model *m);
/* "emergencies": those of the side file, or those of the model itself. */
void model_print_emergencies(struct jsonw *w, const struct model *m,
    bool of_file);

#endif
