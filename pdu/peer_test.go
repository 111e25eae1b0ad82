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
	"path"
	"slices"
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
// so does one that is gone, and one that nobody has judged. The peers do not read all there is: vectors
// without a text are left out.
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
	table, judgements := readDisagreements(t), readJudgements(t)
	missing := false
	var found []string
	for _, peer := range peers {
		readings := peer.read(t, all)
		if readings == nil {
			t.Logf("%s is not installed; its part of the table is not checked", peer.name)
			missing = true
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
			right, clause, why, ok := judge(judgements, peer.name, v, readings[i])
			if !ok {
				complain("nobody has judged who is right: %s, ours %s", key, ours)
			}
			row := fmt.Sprintf("%s | %s | %s | %s | %s", key, ours, right, clause, why)
			found = append(found, row)
			if !table[row] && !*updateDisagreements {
				complain("not in the table: %s", row)
			}
			delete(table, row)
		}
		t.Logf("%s agrees on %d of %d", peer.name, agreed, len(all))
		for row := range table {
			if strings.HasPrefix(row, peer.name+" |") && !*updateDisagreements {
				complain("no disagreement any more: %s", row)
			}
		}
	}
	for _, j := range judgements {
		if !j.used && !missing {
			t.Errorf("a judgement of what nobody disagrees about: %s | %s | %s", j.peer, j.vector, j.theirs)
		}
	}
	if *updateDisagreements {
		sort.Strings(found)
		about := "# What other codecs read otherwise: peer | vector | theirs | ours | who is right | by which clause | why.\n"
		if err := os.WriteFile(disagreementFile, []byte(about+strings.Join(found, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

const judgementFile = "testdata/judgement.txt"

// judgement is one row of the table that people wrote with the specification at hand.
type judgement struct {
	peer, vector, theirs, right, clause, why string
	used                                     bool
}

func readJudgements(t *testing.T) []judgement {
	t.Helper()
	b, err := os.ReadFile(judgementFile)
	if err != nil {
		t.Fatal(err)
	}
	var rows []judgement
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		c := strings.Split(strings.TrimSpace(line), " | ")
		if len(c) != 6 || !slices.Contains([]string{"we", "they", "both"}, c[3]) || c[5] == "" {
			t.Fatalf("a judgement is not whole: %s", line)
		}
		rows = append(rows, judgement{peer: c[0], vector: c[1], theirs: c[2], right: c[3], clause: c[4], why: c[5]})
	}
	if len(rows) == 0 {
		t.Fatal("there are no judgements")
	}
	return rows
}

// judge finds who is right, and by which clause. The first row that fits counts.
func judge(rows []judgement, peer string, v vector, theirs reading) (right, clause, why string, ok bool) {
	kind := "read"
	if theirs.lost {
		kind = "lost"
	}
	for i, j := range rows {
		fits, err := path.Match(j.vector, v.Name)
		if err == nil && fits && j.theirs == kind && (j.peer == "*" || j.peer == peer) {
			rows[i].used = true
			if j.clause == "-" {
				j.clause = v.Clause
			}
			return j.right, j.clause, j.why, true
		}
	}
	return "", "", "", false
}

// TestJudge is the negative control of TestPeers: what nobody has judged is nobody's right.
func TestJudge(t *testing.T) {
	rows := readJudgements(t)
	late := vector{Name: "time/all FF"}
	if right, _, _, ok := judge(rows, "warthog618", late, reading{lost: true}); !ok || right != "we" {
		t.Errorf("a judged one: %q, %v", right, ok)
	}
	if right, _, _, ok := judge(rows, "warthog618", late, reading{text: "something else"}); ok {
		t.Errorf("a text that nobody has judged: %q", right)
	}
	if right, _, _, ok := judge(rows, "gammu", vector{Name: "time of another file"}, reading{lost: true}); ok {
		t.Errorf("a vector that nobody has judged: %q", right)
	}
}

func readDisagreements(t *testing.T) map[string]bool {
	t.Helper()
	b, err := os.ReadFile(disagreementFile)
	if err != nil && !*updateDisagreements {
		t.Fatal(err)
	}
	table := make(map[string]bool)
	for line := range strings.Lines(string(b)) {
		if !strings.HasPrefix(line, "#") {
			table[strings.TrimSpace(line)] = true
		}
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
