package pdu

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"sort"
	"strings"
	"testing"

	"github.com/warthog618/sms"
	"github.com/warthog618/sms/encoding/tpdu"
)

// peers are other codecs, each with a way to read vectors: what comes back is the text of each, and
// false where it cannot say. Those that are not installed return nil.
var peers = []struct {
	name string
	read func(t *testing.T, all []vector) []reading
}{
	{"warthog618", readWarthog},
	{"gammu", readGammu},
	{"tshark", readTshark},
}

// reading is what a codec makes of a line: its text, or that it is lost.
type reading struct {
	text string
	lost bool
}

func (r reading) String() string {
	if r.lost {
		return "lost"
	}
	return fmt.Sprintf("%+q", r.text)
}

const disagreementFile = "testdata/disagreement.txt"

var updateDisagreements = flag.Bool("update-disagreements", false, "write what peers disagree about to "+disagreementFile)

// TestPeers compares the text of every vector with what other codecs read. Each disagreement stands
// in a table with the clause that decides it, and with who is right; a new one fails the test, and
// so does one that is gone. The peers do not read all there is: vectors without a text are left out.
func TestPeers(t *testing.T) {
	var all []vector
	for _, file := range vectorFiles(t) {
		if file == encodeFile {
			continue
		}
		var vectors []vector
		loadVectors(t, file, &vectors)
		for _, v := range vectors {
			v.Name = strings.TrimSuffix(strings.TrimPrefix(file, "testdata/"), ".json") + "/" + v.Name
			if v.Error == "" && v.Want.Text != "" && v.Want.Type != "status-report" && !strings.HasSuffix(v.Want.Type, "-report") {
				all = append(all, v)
			}
		}
	}
	table := readDisagreements(t)
	var found []string
	for _, peer := range peers {
		readings := peer.read(t, all)
		if readings == nil {
			t.Logf("%s is not installed; its part of the table is not checked", peer.name)
			continue
		}
		complain := t.Errorf
		if peer.name != "warthog618" && os.Getenv("SMSBRIDGE_TEST_ALL") == "" {
			complain = t.Logf // another version may be installed here than the one the table is of
		}
		agreed := 0
		for i, v := range all {
			ours := reading{text: v.Want.Text}
			if readings[i] == ours {
				agreed++
				continue
			}
			key := fmt.Sprintf("%s | %s | %s", peer.name, v.Name, readings[i])
			found = append(found, fmt.Sprintf("%s | %s | %s | %s", key, ours, right(v, readings[i]), v.Clause))
			if !table[key] && !*updateDisagreements {
				complain("not in the table: %s, ours %s", key, ours)
			}
			delete(table, key)
		}
		t.Logf("%s agrees on %d of %d", peer.name, agreed, len(all))
		for key := range table {
			if strings.HasPrefix(key, peer.name+" |") && !*updateDisagreements {
				complain("no disagreement any more: %s", key)
			}
		}
	}
	if *updateDisagreements {
		sort.Strings(found)
		about := "# What other codecs read otherwise: peer | vector | theirs | ours | who is right | by which clause.\n"
		if err := os.WriteFile(disagreementFile, []byte(about+strings.Join(found, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// right tells who is: both where the standard says nothing, because what was sent is against it, and
// something of it is shown.
func right(v vector, theirs reading) string {
	for _, w := range v.Want.Warnings {
		if !theirs.lost && (w == "lone_surrogate" || w == "odd_octets" || w == "long_ud") {
			return "both"
		}
	}
	return "we"
}

func readDisagreements(t *testing.T) map[string]bool {
	t.Helper()
	b, err := os.ReadFile(disagreementFile)
	if err != nil && !*updateDisagreements {
		t.Fatal(err)
	}
	table := make(map[string]bool)
	for line := range strings.Lines(string(b)) {
		columns := strings.Split(strings.TrimSpace(line), " | ")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if len(columns) < 6 || !strings.Contains("we they both", columns[4]) {
			t.Fatalf("a row of the table does not say who is right: %s", line)
		}
		table[strings.Join(columns[:3], " | ")] = true
	}
	if len(table) == 0 && !*updateDisagreements {
		t.Fatal("the table of disagreements is empty")
	}
	return table
}

func readWarthog(_ *testing.T, all []vector) []reading {
	var readings []reading
	for _, v := range all {
		octets, _ := hex.DecodeString(v.Line)
		direction := sms.AsMT
		if v.Direction == "mo" {
			direction = sms.AsMO
		}
		r := reading{lost: true}
		if m, err := sms.Unmarshal(octets[1+int(octets[0]):], direction); err == nil {
			if text, err := sms.Decode([]*tpdu.TPDU{m}); err == nil {
				r = reading{text: string(text)}
			}
		}
		readings = append(readings, r)
	}
	return readings
}

// gammuScript prints the text of each line in hex, or "-". What stands behind a NUL is rubbish from the
// memory of the binding, which copies as many characters as there were septets. Each line is read by a
// process of its own, since some end it.
const gammuScript = `
import sys, os, gammu
def read(line):
    try:
        text = gammu.DecodePDU(bytes.fromhex(line.strip()), True)["Text"].split("\0")[0]
        return "+" + text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "replace").encode().hex()
    except Exception:
        return "-"
for line in sys.stdin.readlines():
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(2)
        os.write(into, read(line).encode())
        os._exit(0)
    os.close(into)
    with os.fdopen(out) as answer:
        print(answer.read() or "-")
    os.waitpid(child, 0)
`

func readGammu(t *testing.T, all []vector) []reading {
	python := cmp.Or(os.Getenv("PYTHON"), "python3")
	if exec.Command(python, "-c", "import gammu").Run() != nil {
		return nil
	}
	var in strings.Builder
	for _, v := range all {
		fmt.Fprintln(&in, v.Line)
	}
	cmd := exec.Command(python, "-c", gammuScript)
	cmd.Stdin = strings.NewReader(in.String())
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("gammu: %v", err)
	}
	var readings []reading
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		text, _ := hex.DecodeString(strings.TrimPrefix(line, "+"))
		readings = append(readings, reading{text: string(text), lost: line == "-"})
	}
	if len(readings) != len(all) {
		t.Fatalf("gammu reads %d of %d", len(readings), len(all))
	}
	return readings
}

// readTshark lets the dissector look at a capture of bare TPDUs, each with its direction.
func readTshark(t *testing.T, all []vector) []reading {
	if _, err := exec.LookPath("tshark"); err != nil {
		return nil
	}
	cmd := exec.Command("tshark", "-r", "-", "-o", `uat:user_dlts:"User 0 (DLT=147)","gsm_sms","0","","0",""`,
		"-o", "gsm_sms.reassemble:FALSE", "-T", "fields", "-E", "separator=\x01", "-e", "frame.number", "-e", "gsm_sms.sms_text")
	cmd.Stdin = bytes.NewReader(capture(all))
	out, err := cmd.Output()
	if err != nil {
		t.Logf("tshark: %v", err)
		return nil
	}
	readings := make([]reading, len(all))
	for i := range readings {
		readings[i].lost = true
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	n := 0
	for lines.Scan() {
		number, text, ok := strings.Cut(lines.Text(), "\x01")
		var i int
		if _, err := fmt.Sscan(number, &i); err != nil || i < 1 || i > len(all) {
			continue
		}
		n++
		readings[i-1] = reading{text: unescapeTshark(text), lost: !ok || text == ""}
	}
	if n == 0 {
		t.Log("tshark shows nothing")
		return nil
	}
	return readings
}

func unescapeTshark(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r", `\f`, "\f", `\"`, `"`).Replace(s)
}

// capture writes a pcapng file.
func capture(all []vector) []byte {
	le := binary.LittleEndian
	block := func(dst []byte, kind uint32, body []byte) []byte {
		n := uint32(12 + len(body))
		dst = le.AppendUint32(le.AppendUint32(dst, kind), n)
		return le.AppendUint32(append(dst, body...), n)
	}
	section := le.AppendUint32(nil, 0x1A2B3C4D)
	section = le.AppendUint16(le.AppendUint16(section, 1), 0)
	section = le.AppendUint64(section, 1<<64-1)
	file := block(nil, 0x0A0D0D0A, section)
	file = block(file, 1, le.AppendUint32(le.AppendUint32(nil, 147), 0))
	for _, v := range all {
		octets, _ := hex.DecodeString(v.Line)
		octets = octets[1+int(octets[0]):]
		var body []byte
		for _, n := range []uint32{0, 0, 0, uint32(len(octets)), uint32(len(octets))} {
			body = le.AppendUint32(body, n)
		}
		body = append(body, octets...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
		direction := uint32(2) // to the mobile, as a network sees it
		if v.Direction == "mo" {
			direction = 1
		}
		body = le.AppendUint16(le.AppendUint16(body, 2), 4)
		body = le.AppendUint32(body, direction)
		body = le.AppendUint32(body, 0)
		file = block(file, 6, body)
	}
	return file
}
