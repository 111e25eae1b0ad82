package bridge

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The founding rows are what the help pages behind this product promise: S1 to
// S126 of its people, P1 to P6 of its page. Which test proves which row stands
// in the test's name, as TestThreadReopens_S57 or TestOffer_S20_S23, and
// testdata/rows.txt is made from the names, so that neither can drift:
//
//	go test ./bridge -run '^TestRows$' -update-rows

var updateRows = flag.Bool("update-rows", false, "write testdata/rows.txt anew")

const lastRow, lastFurniture = 126, 6

var rowName = regexp.MustCompile(`_([SP]\d+)`)

func TestRows(t *testing.T) {
	proofs := provenRows(t, "..")
	var table bytes.Buffer
	missing := 0
	for _, row := range allRows() {
		tests := proofs[row]
		delete(proofs, row)
		switch {
		case len(tests) > 0:
			fmt.Fprintf(&table, "%s\t%s\n", row, strings.Join(tests, " "))
		default:
			missing++
			t.Errorf("no test proves %s: name it in the test that does, as in TestX_%s", row, row)
		}
	}
	for row, tests := range proofs {
		t.Errorf("%s name a row %s that is not there", tests, row)
	}
	t.Logf("%d rows, %d without a proof", len(allRows()), missing)
	const file = "testdata/rows.txt"
	if *updateRows {
		if err := os.WriteFile(file, table.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := os.ReadFile(file); err != nil || !bytes.Equal(kept, table.Bytes()) {
		t.Errorf("%s is not what the names of the tests say; run go test ./bridge -run TestRows -update-rows (%v)", file, err)
	}
}

// Control: a name that proves nothing is not taken for a proof, and one that
// proves two rows is taken for both.
func TestRows_reads_names(t *testing.T) {
	folder := t.TempDir()
	source := "package x\nfunc TestOffer_S20_S23(t *T) {}\nfunc TestPlain(t *T) {}\nfunc helper_S99() {}\n// TestTold_S98 is only told of\n"
	if err := os.WriteFile(filepath.Join(folder, "x_test.go"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	got := provenRows(t, folder)
	if len(got) != 2 || len(got["S20"]) != 1 || len(got["S23"]) != 1 {
		t.Errorf("read %v", got)
	}
}

// provenRows are the tests under a folder by the rows that their names carry.
func provenRows(t *testing.T, root string) map[string][]string {
	t.Helper()
	proofs := make(map[string][]string)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range f.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !strings.HasPrefix(fn.Name.Name, "Test") {
				continue
			}
			for _, m := range rowName.FindAllStringSubmatch(fn.Name.Name, -1) {
				proofs[m[1]] = append(proofs[m[1]], filepath.Base(filepath.Dir(path))+"."+fn.Name.Name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tests := range proofs {
		slices.Sort(tests)
	}
	return proofs
}

func allRows() (rows []string) {
	for n := range lastRow {
		rows = append(rows, "S"+strconv.Itoa(n+1))
	}
	for n := range lastFurniture {
		rows = append(rows, "P"+strconv.Itoa(n+1))
	}
	return rows
}
