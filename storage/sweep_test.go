package storage

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// Each turn of Sweep, with the moment at which it comes: at once, at the moment
// named, at the bell, a little after an error although the bell rings, after a
// rest when it rings on, and after a minute when nothing is named.
func TestSweep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		began := time.Now()
		bell := make(chan struct{})
		var at []time.Duration
		faults := 0
		turns := []func() (Time, error){
			func() (Time, error) { return Time{Time: time.Now().Add(10 * time.Second)}, nil },
			func() (Time, error) {
				time.AfterFunc(3*time.Second, func() { close(bell) })
				return Time{Time: time.Now().Add(time.Hour)}, nil
			},
			func() (Time, error) { return Time{}, errors.New("the disk is full") }, // the bell still rings
			func() (Time, error) { bell = make(chan struct{}); return Time{}, nil },
			func() (Time, error) { return Time{}, nil },
			func() (Time, error) { stop(); return Time{}, nil },
		}
		err := Sweep(ctx, func() <-chan struct{} { return bell }, func(context.Context) (Time, error) {
			at = append(at, time.Since(began))
			return turns[len(at)-1]()
		}, func(error) { faults++ })
		if !errors.Is(err, context.Canceled) || faults != 1 {
			t.Errorf("it ended with %v after %d faults", err, faults)
		}
		want := []time.Duration{0, 10 * time.Second, 13 * time.Second, 18 * time.Second, 18*time.Second + rest, 78*time.Second + rest}
		if len(at) != len(want) {
			t.Fatalf("turns at %v", at)
		}
		for i := range want {
			if at[i] != want[i] {
				t.Errorf("turn %d after %v, not %v", i, at[i], want[i])
			}
		}
	})
}
