#ifndef SPOTCHECK_PUBLISH_TEMPLATES_H
#define SPOTCHECK_PUBLISH_TEMPLATES_H

#include <stdbool.h>

#include "core/base/slice.h"

/* Files of daemon/site, embedded in the program. */

struct slice site_verify_page(void);            /* verify.html */
struct slice site_index_template(bool chinese); /* pages/zh_CN/index.html */
struct slice site_draw_template(bool chinese);
struct slice site_receipt_template(bool chinese);

#endif
