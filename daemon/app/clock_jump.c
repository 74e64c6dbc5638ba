#include "app/clock_jump.h"

#include <time.h>

int64_t
leap_clock(void)
{
	struct timespec now;

	return clock_gettime(CLOCK_BOOTTIME, &now) == 0 ? (int64_t)now.tv_sec : 0;
}

void
leap_begin(struct leap *leap, int64_t wall, int64_t boot)
{
	*leap = (struct leap){.offset = wall - boot};
}

int64_t
leap_ahead(struct leap *leap, int64_t wall, int64_t boot)
{
	int64_t ahead = wall - boot - leap->offset;

	if (ahead < LEAP_S) {
		leap->until = 0;
		leap->offset += ahead > 0 ? ahead : 0;
		return 0;
	}
	if (leap->until == 0)
		leap->until = boot + LEAP_HOLD_S;
	if (boot < leap->until)
		return ahead;
	leap->offset += ahead;
	leap->until = 0;
	return 0;
}
