/* Threads that work on one range of rows, a piece at a time. */
#include "core/base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>

struct shared {
	size_t n;
	void (*work)(void *ctx, size_t piece, size_t from, size_t to);
	void *ctx;
	atomic_size_t next; /* the first piece that no thread has taken */
};

static void *
run_pieces(void *arg)
{
	struct shared *s = arg;
	size_t piece;

	while ((piece = atomic_fetch_add(&s->next, 1)) * PARALLEL_PIECE < s->n) {
		size_t from = piece * PARALLEL_PIECE;

		s->work(s->ctx, piece, from, s->n - from < PARALLEL_PIECE ? s->n : from + PARALLEL_PIECE);
	}
	return NULL;
}

void
parallel_for(unsigned threads, size_t n, void (*work)(void *ctx, size_t piece, size_t from, size_t to), void *ctx)
{
	struct shared shared = {.n = n, .work = work, .ctx = ctx};
	pthread_t helpers[PARALLEL_THREADS_MAX];
	size_t pieces = n / PARALLEL_PIECE + 1;
	unsigned begun = 0;

	if (threads > PARALLEL_THREADS_MAX)
		threads = PARALLEL_THREADS_MAX;
	while (begun + 1 < threads && begun + 1 < pieces &&
	    pthread_create(&helpers[begun], NULL, run_pieces, &shared) == 0)
		begun++;
	(void)run_pieces(&shared);
	while (begun > 0)
		(void)pthread_join(helpers[--begun], NULL);
}
