/*
 * A library to be preloaded: libsodium's random numbers follow from the number SEEDED in the environment, so that a
 * simulation is the same each time.  For tests alone: nothing of it is secret.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* splitmix64 (Steele, Lea and Flood 2014) */
static uint64_t
next(void)
{
	static uint64_t state;
	uint64_t z;

	if (state == 0)
		state = strtoull(getenv("SEEDED"), NULL, 10);
	z = state += 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

void
randombytes_buf(void *const bytes, const size_t n)
{
	for (size_t i = 0; i < n; i++)
		((uint8_t *)bytes)[i] = (uint8_t)next();
}

uint32_t
randombytes_random(void)
{
	return (uint32_t)next();
}

uint32_t
randombytes_uniform(const uint32_t bound)
{
	return bound < 2 ? 0 : (uint32_t)(next() % bound);
}
