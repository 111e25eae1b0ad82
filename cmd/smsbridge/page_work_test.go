package main

import (
	"testing"
)

// TestPageWorkLook is replaced below.
func TestPageWorkLook(t *testing.T) {}
