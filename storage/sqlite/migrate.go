package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"os"
	"slices"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema to the newest version, each step in a transaction
// of its own with the version in user_version. It refuses a file that a newer
// smsbridge wrote, and keeps a copy of an older one before it changes it.
func (db *DB) migrate(ctx context.Context) error {
	steps, err := migrations.ReadDir("migrations")
	if err != nil {
		return err
	}
	var version int
	if err := db.write.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > len(steps) {
		return fmt.Errorf("its schema is version %d and this smsbridge knows %d; use the newer smsbridge, or put back the backup from before the upgrade", version, len(steps))
	}
	if version > 0 && version < len(steps) {
		if err := db.copyAside(ctx, version); err != nil {
			return err
		}
	}
	names := make([]string, len(steps))
	for i, s := range steps {
		names[i] = s.Name()
	}
	slices.Sort(names)
	for n, name := range names[min(version, len(names)):] {
		text, err := migrations.ReadFile("migrations/" + name)
		if err != nil {
			return err
		}
		if err := step(ctx, db.write.conn, string(text), version+n+1); err != nil {
			return fmt.Errorf("migrate with %s: %w", name, err)
		}
	}
	return nil
}

func step(ctx context.Context, conn *sql.Conn, text string, version int) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, text); err != nil {
		return err
	}
	if version == 1 {
		_, err := tx.ExecContext(ctx, `INSERT INTO meta (key, value) VALUES ('box', ?), ('epoch', ?)`,
			word(boxLen), "ep_"+word(8))
		if err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
		return err
	}
	return tx.Commit()
}

func (db *DB) copyAside(ctx context.Context, version int) error {
	aside := fmt.Sprintf("%s-before-%d", db.path, version+1)
	if _, err := os.Stat(aside); err == nil {
		return nil
	}
	_, err := db.write.conn.ExecContext(ctx, "VACUUM INTO ?", aside)
	return err
}
