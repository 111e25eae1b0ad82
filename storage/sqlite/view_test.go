package sqlite

import (
	"fmt"
	"sync"
	"testing"
)

// Every view that is open may need a new statement at the same moment; none
// may then hold the connection that another one waits for. With as many
// connections as views this hangs.
func TestViewsPrepareTogether(t *testing.T) {
	db := open(t)
	var all sync.WaitGroup
	for w := range 4 * readers {
		all.Go(func() {
			for i := range 50 {
				err := db.look(t.Context(), func(v *view) error {
					var n int
					_, err := v.get(fmt.Sprintf("SELECT %d", i*100+w), nil, &n)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
