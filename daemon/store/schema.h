#ifndef SPOTCHECK_STORE_SCHEMA_H
#define SPOTCHECK_STORE_SCHEMA_H

/*
 * The tables as SQL, which store.c runs in one transaction.  A text with a number is for a state that is older than
 * that version.  All tables are STRICT.  Their names begin with their subject: `target`, `roster_import`, `draw`,
 * `outbox_letter` …
 */
extern const char schema_meta[];
extern const char schema_rosters[];
extern const char schema_draws[];
extern const char schema_outbox[];
extern const char schema_plan_2[];
extern const char schema_alarms_2[];
extern const char schema_outbox_2[];
extern const char schema_outbox_3[];
extern const char schema_outside_4[];
extern const char schema_publish_5[];
extern const char schema_outbox_5[];
extern const char schema_unreported_5[];
extern const char schema_draws_6[];
extern const char schema_needs_6[];
extern const char schema_archive_6[];
extern const char schema_outbox_6[];
extern const char schema_rosters_6[];
extern const char schema_codes_6[];

#endif
