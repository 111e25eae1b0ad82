package main

import (
	"io"
	"strings"

	"rsc.io/qr"
)

// quiet is the width of the light border that readers want (ISO/IEC 18004, 9.1).
const quietZone = 4

// printQR prints a text as a QR code for a terminal: two modules in each
// character, the light ones drawn, as most terminals are dark.
func printQR(w io.Writer, text string) error {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return err
	}
	light := func(x, y int) bool { return !c.Black(x, y) } // outside of the code all is light
	var b strings.Builder
	for y := -quietZone; y < c.Size+quietZone; y += 2 {
		for x := -quietZone; x < c.Size+quietZone; x++ {
			b.WriteRune(halves(light(x, y), light(x, y+1)))
		}
		b.WriteByte('\n')
	}
	_, err = io.WriteString(w, b.String())
	return err
}

// halves is one character whose upper and lower half are drawn or not.
func halves(upper, lower bool) rune {
	switch {
	case upper && lower:
		return '█'
	case upper:
		return '▀'
	case lower:
		return '▄'
	}
	return ' '
}
