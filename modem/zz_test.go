package modem

import (
	"bytes"
	"os"
	"strconv"
	"testing"
	"testing/synctest"
)

func TestZZ(t *testing.T) {
	seed, _ := strconv.Atoi(os.Getenv("SEED"))
	n, _ := strconv.Atoi(os.Getenv("N"))
	for i := range n {
		var f faults
		var a account
		var b bytes.Buffer
		zz = &b
		synctest.Test(t, func(t *testing.T) { converse(uint64(seed+i), connectOurs, &f, &a) })
		if f.total() > 0 {
			os.WriteFile("/tmp/zz.txt", b.Bytes(), 0o644)
			t.Fatal(seed+i, f, a)
		}
	}
}
