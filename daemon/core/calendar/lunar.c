/*
 * Dates of the Chinese calendar.  New moons after Meeus, Astronomical Algorithms (2nd edition) ch. 49; the sun's
 * apparent longitude after its ch. 25, from the terms of VSOP87 (appendix III) that are above 0.2"; delta-T from a
 * table.
 *
 * In this file an instant is in days of terrestrial time since 2000-01-01 12:00.
 */
#include "core/calendar/lunar.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "core/base/array.h"

#define DEGREE (M_PI / 180)
#define ARCSECOND (DEGREE / 3600)
#define CENTURY 36525.0
#define TROPICAL_YEAR 365.2422
#define LUNATION 29.530588861
#define NEW_MOON_2000 5.09766 /* mean new moon 0 */
#define EQUINOX_2000 78.82    /* of March */

/* 2000-01-01 12:00 in days since 1970-01-01 00:00 in UTC+8, where dates in China begin. */
#define CHINA_EPOCH (10957.5 + 8.0 / 24)

struct periodic_term {
	double amplitude, phase, rate;
};

/*
 * Heliocentric longitude: amplitude in 1e-8 radian, phase in radian, rate in radian per millennium; times T^0 .. T^2.
 */
static const struct periodic_term longitude_0[] = {
    {175347046, 0, 0},
    {3341656, 4.6692568, 6283.07585},
    {34894, 4.62610, 12566.15170},
    {3497, 2.7441, 5753.3849},
    {3418, 2.8289, 3.5231},
    {3136, 3.6277, 77713.7715},
    {2676, 4.4181, 7860.4194},
    {2343, 6.1352, 3930.2097},
    {1324, 0.7425, 11506.7698},
    {1273, 2.0371, 529.6910},
    {1199, 1.1096, 1577.3435},
    {990, 5.233, 5884.927},
    {902, 2.045, 26.298},
    {857, 3.508, 398.149},
    {780, 1.179, 5223.694},
    {753, 2.533, 5507.553},
    {505, 4.583, 18849.228},
    {492, 4.205, 775.523},
    {357, 2.920, 0.067},
    {317, 5.849, 11790.629},
    {284, 1.899, 796.298},
    {271, 0.315, 10977.079},
    {243, 0.345, 5486.778},
    {206, 4.806, 2544.314},
    {205, 1.869, 5573.143},
    {202, 2.458, 6069.777},
    {156, 0.833, 213.299},
    {132, 3.411, 2942.463},
    {126, 1.083, 20.775},
    {115, 0.645, 0.980},
    {103, 0.636, 4694.003},
    {102, 0.976, 15720.839},
    {102, 4.267, 7.114},
};
static const struct periodic_term longitude_1[] = {
    {628331966747, 0, 0},
    {206059, 2.678235, 6283.07585},
    {4303, 2.6351, 12566.1517},
    {425, 1.590, 3.523},
    {119, 5.796, 26.298},
    {109, 2.966, 1577.344},
};
static const struct periodic_term longitude_2[] = {
    {52919, 0, 0},
    {8720, 1.0721, 6283.0758},
    {309, 0.867, 12566.152},
};

/*
 * New moon minus mean new moon: amplitude in 1e-5 day, times the sine of a sum of multiples of the sun's mean anomaly,
 * the moon's mean anomaly, and the moon's argument of latitude.
 */
static const struct {
	int32_t amplitude;
	int8_t sun, moon, latitude;
} new_moon_terms[] = {
    {-40720, 0, 1, 0},
    {17241, 1, 0, 0},
    {1608, 0, 2, 0},
    {1039, 0, 0, 2},
    {739, -1, 1, 0},
    {-514, 1, 1, 0},
    {208, 2, 0, 0},
    {-111, 0, 1, -2},
    {-57, 0, 1, 2},
    {56, 1, 2, 0},
    {-42, 0, 3, 0},
    {42, 1, 0, 2},
    {38, 1, 0, -2},
    {-24, -1, 2, 0},
    {-7, 2, 1, 0},
    {4, 0, 2, -2},
    {4, 3, 0, 0},
    {3, 1, 1, -2},
    {3, 0, 2, 2},
    {-3, 1, 1, 2},
    {3, -1, 1, 2},
    {-2, -1, 1, -2},
    {-2, 1, 3, 0},
    {2, 0, 4, 0},
};

/*
 * The planets' terms without the first: amplitude in 1e-6 day, of a sine; phase in degrees, rate in degrees per
 * lunation.
 */
static const struct periodic_term new_moon_planets[] = {
    {165, 251.88, 0.016321},
    {164, 251.83, 26.651886},
    {126, 349.42, 36.412478},
    {110, 84.66, 18.206239},
    {62, 141.74, 53.303771},
    {60, 207.14, 2.453732},
    {56, 154.84, 7.306860},
    {47, 34.52, 27.261239},
    {42, 207.19, 0.121824},
    {40, 291.34, 1.844379},
    {37, 161.72, 24.198154},
    {35, 239.56, 25.513099},
    {23, 331.55, 3.592518},
};

/*
 * Delta-T in seconds at 1900, 1910 … 2210.  Until 2020 it is observed (Astronomical Almanac, IERS).  From 2100 it
 * follows the polynomials of Espenak and Meeus (Five Millennium Canon of Solar Eclipses, 2006), with which published
 * tables of the calendar agree.  Between them it is smoothed, since the earth has slowed less than those polynomials
 * expected.
 */
static const double delta_t_decades[] = {
    -2.7,
    10.5,
    21.2,
    24.0,
    24.3,
    29.1,
    33.2,
    40.2,
    50.5,
    56.9,
    63.8,
    66.1,
    69.4,
    70,
    75,
    87,
    106,
    129,
    152,
    177,
    203,
    227,
    251,
    276,
    302,
    328,
    350,
    372,
    395,
    418,
    442,
    467,
};

/* Terrestrial minus universal time, in days. */
static double
delta_t(double at)
{
	double decades = (at / TROPICAL_YEAR + 100) / 10;
	int decade = decades > 0 ? (int)decades : 0;
	double before = delta_t_decades[decade], after = delta_t_decades[decade + 1];

	return (before + (after - before) * (decades - decade)) / 86400;
}

static int32_t
china_date(double at)
{
	return (int32_t)floor(at - delta_t(at) + CHINA_EPOCH);
}

/* The instant at which a date begins in China. */
static double
china_midnight(int32_t date)
{
	double at = date - CHINA_EPOCH;

	return at + delta_t(at);
}

static double
sine(double degrees)
{
	return sin(degrees * DEGREE);
}

static double
sum_of_terms(const struct periodic_term *terms, size_t n, double time)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += terms[i].amplitude * cos(terms[i].phase + terms[i].rate * time);
	return sum;
}

/* The sun's apparent geocentric longitude in radians, not reduced to one turn. */
static double
sun_longitude(double at)
{
	double t = at / CENTURY, millennia = t / 10;
	double node = 125.04452 - 1934.136261 * t, sun = 280.4665 + 36000.7698 * t, moon = 218.3165 + 481267.8813 * t;
	double heliocentric = 1e-8 *
	    (sum_of_terms(longitude_0, ARRAY_LEN(longitude_0), millennia) +
	        millennia *
	            (sum_of_terms(longitude_1, ARRAY_LEN(longitude_1), millennia) +
	                millennia * sum_of_terms(longitude_2, ARRAY_LEN(longitude_2), millennia)));
	double nutation = -17.20 * sine(node) - 1.32 * sine(2 * sun) - 0.23 * sine(2 * moon) + 0.21 * sine(2 * node);
	double aberration = -20.4898 * (1 + 0.0167 * sine(sun - 282.94 + 90)); /* divided by the distance */

	return heliocentric + M_PI + (nutation + aberration - 0.0903) * ARCSECOND; /* 0.0903: to the FK5 equinox */
}

/* Meeus ch. 49.  `k` counts lunations from the first new moon of 2000. */
static double
new_moon(int k)
{
	double t = k / 1236.85, t2 = t * t, t3 = t2 * t, t4 = t3 * t;
	double sun = 2.5534 + 29.10535670 * k - 0.0000014 * t2 - 0.00000011 * t3;
	double moon = 201.5643 + 385.81693528 * k + 0.0107582 * t2 + 0.00001238 * t3 - 0.000000058 * t4;
	double latitude = 160.7108 + 390.67050284 * k - 0.0016118 * t2 - 0.00000227 * t3 + 0.000000011 * t4;
	double node = 124.7746 - 1.56375588 * k + 0.0020672 * t2 + 0.00000215 * t3;
	double e = 1 - 0.002516 * t -
	    0.0000074 * t2; /* eccentricity of the earth's orbit: a factor for each multiple of the sun's anomaly */
	double powers[] = {1, e, e * e, e * e * e};
	double sum = -17 * sine(node), planets = 325 * sine(299.77 + 0.107408 * k - 0.009173 * t2);

	for (size_t i = 0; i < ARRAY_LEN(new_moon_terms); i++)
		sum += new_moon_terms[i].amplitude * powers[abs(new_moon_terms[i].sun)] *
		    sine(new_moon_terms[i].sun * sun + new_moon_terms[i].moon * moon +
		        new_moon_terms[i].latitude * latitude);
	for (size_t i = 0; i < ARRAY_LEN(new_moon_planets); i++)
		planets +=
		    new_moon_planets[i].amplitude * sine(new_moon_planets[i].phase + new_moon_planets[i].rate * k);
	return NEW_MOON_2000 + LUNATION * k + 0.00015437 * t2 - 0.00000015 * t3 + 0.00000000073 * t4 + sum * 1e-5 +
	    planets * 1e-6;
}

static int32_t
new_moon_date(int k)
{
	return china_date(new_moon(k));
}

int32_t
solar_term_date(int year, int longitude_deg)
{
	/* Terms from 285 on come before the equinox. */
	double turn = (longitude_deg > 270 ? longitude_deg - 360 : longitude_deg) / 360.0;
	double at = EQUINOX_2000 + (year - 2000 + turn) * TROPICAL_YEAR, step;

	assert(year >= LUNAR_YEAR_FIRST - 1 && year <= LUNAR_YEAR_LAST + 1);
	assert(longitude_deg >= 0 && longitude_deg < 360 && longitude_deg % 15 == 0);
	/* Meeus ch. 27: each step divides the error by fifty. */
	do {
		step = TROPICAL_YEAR / (2 * M_PI) * sin(longitude_deg * DEGREE - sun_longitude(at));
		at += step;
	} while (fabs(step) > 1e-5);
	return china_date(at);
}

/* The lunation that is month 11 in the winter of `year`: the last that begins on or before the day of the solstice. */
static int
month_eleven(int year)
{
	int32_t solstice = solar_term_date(year, 270);
	int k = (int)floor((china_midnight(solstice) - NEW_MOON_2000) / LUNATION) + 1;

	while (new_moon_date(k) > solstice)
		k--;
	return k;
}

/* The twelfth of the ecliptic (0 .. 11) that the sun is in when the lunation's first day begins. */
static int
sun_sector(int k)
{
	double turns = sun_longitude(china_midnight(new_moon_date(k))) / (2 * M_PI);

	return (int)floor((turns - floor(turns)) * 12);
}

/* Of the 13 months from the month 11 `first`: the index of the first without a principal term. */
static int
leap_month(int first)
{
	int n = 1, sector = sun_sector(first + 1);

	for (; n < 12; n++) {
		int next = sun_sector(first + n + 1);

		if (next == sector)
			break;
		sector = next;
	}
	return n;
}

int32_t
lunar_date(int year, int month, int day)
{
	int winter = month < 11 ? year - 1 : year;
	int first = month_eleven(winter), n = (month + 1) % 12; /* months since month 11 */

	assert(year >= LUNAR_YEAR_FIRST && year <= LUNAR_YEAR_LAST);
	assert(month >= 1 && month <= 12 && day >= 1 && day <= 30);
	if (month_eleven(winter + 1) - first == 13 && n >= leap_month(first))
		n++;
	return new_moon_date(first + n) + day - 1;
}
