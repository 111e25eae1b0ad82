package main

import (
	"strings"
	"testing"

	"rsc.io/qr"
)

// TestPrintQR_S12 reads the printed characters back into modules, and compares
// them with the code and its border.
func TestPrintQR_S12(t *testing.T) {
	var out strings.Builder
	if err := printQR(&out, "sms:+15550191"); err != nil {
		t.Fatal(err)
	}
	c, err := qr.Encode("sms:+15550191", qr.M)
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	side := c.Size + 2*quietZone
	if len(rows) != (side+1)/2 {
		t.Fatalf("%d rows for %d modules", len(rows), side)
	}
	wrong := func(flipX, flipY int) (n int) {
		for y := range side {
			row := []rune(rows[y/2])
			if len(row) != side {
				t.Fatalf("row %d has %d columns, not %d", y/2, len(row), side)
			}
			for x, r := range row {
				light := r == '█' || y%2 == 0 && r == '▀' || y%2 == 1 && r == '▄'
				black := c.Black(x-quietZone, y-quietZone) != (x == flipX && y == flipY)
				if light == black {
					n++
				}
			}
		}
		return n
	}
	if n := wrong(-1, -1); n != 0 {
		t.Errorf("%d modules are wrong", n)
	}
	if wrong(10, 11) != 1 {
		t.Error("control: one module that is another was not found")
	}
}
