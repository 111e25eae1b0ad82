package sqlite

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
)

// TestLook_all_at_once: as many as may look at a time hold their places and ask
// something new, which takes one connection more. So it is after each start,
// when every desk comes back at the same moment. With no connection to spare
// they would wait for each other for ever: taking the spare one away makes this
// test fail.
func TestLook_all_at_once(t *testing.T) {
	db := open(t)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	var here, all sync.WaitGroup
	here.Add(readers)
	for n := range readers {
		all.Go(func() {
			err := db.look(ctx, func(v *view) error {
				here.Done()
				here.Wait()
				var got int
				_, err := v.get(fmt.Sprintf(`SELECT %d`, n), nil, &got)
				return err
			})
			if err != nil {
				t.Errorf("look %d: %v", n, err)
			}
		})
	}
	all.Wait()
}
