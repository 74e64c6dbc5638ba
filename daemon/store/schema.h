#ifndef SPOTCHECK_STORE_SCHEMA_H
#define SPOTCHECK_STORE_SCHEMA_H

/*
 * The tables, as SQL; store_open runs them in one transaction, rosters first.  All tables are STRICT, and their first
 * words are the subject: `target`, `roster_import`; `draw`, `letter` …
 */
extern const char schema_rosters[];
extern const char schema_draws[];
extern const char schema_outbox[];
extern const char schema_plan[];   /* from version 2 on */
extern const char schema_alarms[]; /* from version 2 on */
extern const char schema_outbox_3[]; /* from version 3 on */
extern const char schema_outside[]; /* from version 4 on */
extern const char schema_publish_5[];    /* from version 5 on */
extern const char schema_outbox_5[];     /* from version 5 on */
extern const char schema_unreported_5[]; /* from version 5 on */

#endif
