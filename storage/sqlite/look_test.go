package sqlite

import (
	"fmt"
	"sync"
	"testing"
)

// TestLook opens more snapshots at once than there are readers, each of which
// prepares a statement that nobody has prepared before: none may wait for a
// connection that the others hold. (Without a bound on snapshots all of them
// wait for ever; this was found so.)
func TestLook(t *testing.T) {
	db := open(t)
	for round := range 20 {
		var all sync.WaitGroup
		for n := range 4 * readers {
			all.Go(func() {
				err := db.look(t.Context(), func(v *view) error {
					var got int
					_, err := v.get(fmt.Sprintf("SELECT %d", round*1000+n), nil, &got)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
}
