package main

import (
	"context"
	"log/slog"
	"time"
)

// spareMemory is how much memory may lie unused, in percent of what is used.
// What is used is a few megabytes, and the box is small.
const spareMemory = 50

// startOver is how long after it is ready the bridge has read of its own program
// what it goes on to use.
const startOver = 5 * time.Second

// afterStart lets go of the memory that only the start needed.
func afterStart(ctx context.Context, log *slog.Logger) {
	select {
	case <-time.After(startOver):
	case <-ctx.Done():
		return
	}
	n, err := letGo()
	if err != nil {
		log.Debug("the pages of the program stay mapped", "error", err)
		return
	}
	log.Debug("pages of the program that only the start read were let go", "octets", n)
}
