package history

import (
	"bufio"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	_ "github.com/mattn/go-sqlite3" // SQLite files of other programs
)

// row is one row of a table: its columns by their names in lower case. NULL is
// not there.
type row struct {
	table string
	n     int
	of    map[string]string
}

func (r row) get(columns ...string) string {
	for _, c := range columns {
		if text := r.of[c]; text != "" {
			return text
		}
	}
	return ""
}

// rows are those of the tables that are named, whatever file they stand in.
type rows func(yield func(row, error) bool)

// tables opens an SQLite database, a dump in SQL, or one table as CSV.
func tables(path string, names ...string) (rows, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 512)
	n, _ := io.ReadFull(f, head)
	switch {
	case strings.HasPrefix(string(head[:n]), "SQLite format 3\x00"):
		return sqliteRows(path, names), nil
	case strings.EqualFold(filepath.Ext(path), ".csv"):
		return csvRows(path), nil
	case n == 0:
		return nil, fmt.Errorf("%s is empty", path)
	}
	return dumpRows(path, names), nil
}

// sqliteRows reads a database without writing to it. Views and triggers of a
// stranger's file are not run.
func sqliteRows(path string, names []string) rows {
	return func(yield func(row, error) bool) {
		mode := "mode=ro&_query_only=1&_trusted_schema=0"
		if _, err := os.Stat(path + "-wal"); err != nil {
			mode += "&immutable=1" // nobody has it open, or it may be on a card that cannot be written
		}
		db, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+mode)
		if err != nil {
			yield(row{}, err)
			return
		}
		defer db.Close()
		found := 0
		for _, name := range names {
			var known string
			err := db.QueryRow(`SELECT name FROM sqlite_schema WHERE type = 'table' AND lower(name) = ?`, name).Scan(&known)
			if errors.Is(err, sql.ErrNoRows) {
				continue
			}
			if err == nil {
				found++
				err = sqliteTable(db, known, yield)
			}
			if errors.Is(err, errStop) {
				return
			}
			if err != nil {
				yield(row{}, fmt.Errorf("%s, table %s: %w", path, name, err))
				return
			}
		}
		if found == 0 {
			yield(row{}, noTables(path, names))
		}
	}
}

func noTables(path string, names []string) error {
	return fmt.Errorf("%s has none of the tables %s; is it the file of another program?", path, strings.Join(names, ", "))
}

var errStop = errors.New("enough")

func sqliteTable(db *sql.DB, name string, yield func(row, error) bool) error {
	found, err := db.Query(`SELECT * FROM "` + strings.ReplaceAll(name, `"`, `""`) + `"`)
	if err != nil {
		return err
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		return err
	}
	values := make([]sql.RawBytes, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for n := 1; found.Next(); n++ {
		if err := found.Scan(into...); err != nil {
			return err
		}
		r := row{strings.ToLower(name), n, make(map[string]string, len(columns))}
		size := 0
		for i, c := range columns {
			size += len(values[i])
			if values[i] != nil && size <= maxRecord {
				r.of[strings.ToLower(c)] = string(values[i])
			}
		}
		var fault error
		if size > maxRecord {
			fault = &Fault{name, n, fmt.Errorf("it has %d bytes", size)}
		}
		if !yield(r, fault) {
			return errStop
		}
	}
	return found.Err()
}

// csvRows reads one table, whose name is the file's.
func csvRows(path string) rows {
	name := strings.ToLower(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)))
	return func(yield func(row, error) bool) {
		f, err := os.Open(path)
		if err != nil {
			yield(row{}, err)
			return
		}
		defer f.Close()
		var heads []string
		for n, fields := range csvRecords(bufio.NewReader(f)) {
			if n.err != nil {
				if !yield(row{}, &Fault{path, n.row, n.err}) {
					return
				}
				continue
			}
			if heads == nil {
				if heads = fields; len(slices.Compact(slices.Sorted(slices.Values(heads)))) < 2 {
					yield(row{}, fmt.Errorf("%s has no row of heads", path))
					return
				}
				continue
			}
			r := row{name, n.row, make(map[string]string)}
			for i, text := range fields[:min(len(fields), len(heads))] {
				if text != "" && text != `\N` && text != "NULL" {
					r.of[strings.ToLower(heads[i])] = text
				}
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}
