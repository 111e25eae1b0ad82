package simulator

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// A program that opens in the moment in which another closes is heard from its first octet on.
// SMSBRIDGE_REOPENINGS sets how often it is tried, for who looks for one loss in very many.
func TestServePTY_reopen(t *testing.T) {
	times := 200
	if n, err := strconv.Atoi(os.Getenv("SMSBRIDGE_REOPENINGS")); err == nil {
		times = n
	}
	_, m, _ := lab(t, Options{}, ModemOptions{})
	link := filepath.Join(t.TempDir(), "modem1")
	if _, err := m.ServePTY(link); err != nil {
		t.Fatal(err)
	}
	for i := range times {
		f := openPTY(t, link)
		if _, err := f.Write([]byte("AT+CSQ\r")); err != nil {
			t.Fatal(err)
		}
		if !heardSignal(f) {
			t.Errorf("opening %d: the first command was lost", i)
			f.Write([]byte("AT+CSQ\r"))
			t.Logf("the second was heard: %v", heardSignal(f))
		}
		if i%3 == 0 { // one that does not wait for its answer
			f.Write([]byte("AT+CGMI\r"))
		}
		f.Close()
	}
}

// heardSignal reads until the answer to +CSQ is there, whatever comes before it; false after a while.
func heardSignal(f *os.File) bool {
	var got []byte
	b := make([]byte, 256)
	f.SetReadDeadline(time.Now().Add(2 * time.Second))
	for {
		n, err := f.Read(b)
		got = append(got, b[:n]...)
		if bytes.Contains(got, []byte("+CSQ: 20,99\r\n\r\nOK\r\n")) {
			return true
		}
		if err != nil {
			return false
		}
	}
}
