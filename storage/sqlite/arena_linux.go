package sqlite

/*
#include <malloc.h>

// An arena for each thread that meets another in malloc keeps what was freed in
// it; the C library of other systems has none.
static void few_arenas(void) {
#ifdef M_ARENA_MAX
	mallopt(M_ARENA_MAX, 2);
#endif
}
*/
import "C"

// SQLite is called on whichever thread Go runs on. It is called seldom enough
// for the threads to share their memory.
func init() { C.few_arenas() }
