/* Compares the wall clock with CLOCK_BOOTTIME and holds the service back after a jump ahead. */

#include "app/clock_jump.h"

#include <time.h>

int64_t
clock_jump_boottime(void)
{
	struct timespec now;

	return clock_gettime(CLOCK_BOOTTIME, &now) == 0 ? (int64_t)now.tv_sec : 0;
}

void
clock_jump_begin(struct clock_jump *jump, int64_t wall, int64_t boot)
{
	*jump = (struct clock_jump){.offset = wall - boot};
}

int64_t
clock_jump_ahead(struct clock_jump *jump, int64_t wall, int64_t boot)
{
	int64_t ahead = wall - boot - jump->offset;

	if (ahead < CLOCK_JUMP_S) {
		jump->until = 0;
		jump->offset += ahead > 0 ? ahead : 0;
		return 0;
	}
	if (jump->until == 0)
		jump->until = boot + CLOCK_JUMP_HOLD_S;
	if (boot < jump->until)
		return ahead;
	jump->offset += ahead;
	jump->until = 0;
	return 0;
}
