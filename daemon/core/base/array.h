#ifndef SPOTCHECK_CORE_BASE_ARRAY_H
#define SPOTCHECK_CORE_BASE_ARRAY_H

/* How many elements an array has; of a pointer the compiler warns (-Wsizeof-pointer-div). */
#define ARRAY_LEN(array) (sizeof(array) / sizeof(array)[0])

#endif
