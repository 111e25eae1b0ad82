package web

import (
	"context"
	"path/filepath"

	"smsbridge/storage"
)

var backupMethods = []method{
	{"backup.create", "POST", "/api/v1/backup", storage.ScopeAdmin, storage.RoleOwner, 201, bind((*Server).backUp), nil},
	{"backup.list", "GET", "/api/v1/backup", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).backups), nil},
}

// Backups makes copies of the ledger.
type Backups interface {
	// Backup makes one at path; an empty path is a new name in the box's folder.
	Backup(ctx context.Context, path string) (storage.Backup, error)
	// Backups lists those of the folder, the newest first.
	Backups(ctx context.Context) ([]storage.Backup, error)
}

type backupParams struct {
	File string `json:"file"` // for the administrator at the Unix socket only; it is absolute
}

type backupAnswer struct {
	Backup storage.Backup `json:"backup"`
}

type backupList struct {
	Backups []storage.Backup `json:"backups"`
	Head    storage.Head     `json:"head"`
}

// backUp makes a copy of the ledger, in the box's folder. Where else on the
// disk, only who is on the box itself may say.
func (s *Server) backUp(ctx context.Context, who storage.Caller, p backupParams) (backupAnswer, error) {
	switch {
	case s.c.Backups == nil:
		return backupAnswer{}, methodNotFound.say("", "This box makes no backups.")
	case p.File != "" && !who.Admin:
		return backupAnswer{}, forbidden.say("file", "Only the administrator on the box may say where a backup goes: `smsbridge db backup FILE`. Without file it goes into the box's own folder.")
	case p.File != "" && !filepath.IsAbs(p.File):
		return backupAnswer{}, invalidParams.say("file", "file is %q; it takes a path from the root.", p.File)
	}
	made, err := s.c.Backups.Backup(ctx, p.File)
	if err != nil {
		return backupAnswer{}, err
	}
	return backupAnswer{made}, nil
}

func (s *Server) backups(ctx context.Context, _ storage.Caller, _ none) (backupList, error) {
	all := []storage.Backup{}
	var err error
	if s.c.Backups != nil {
		all, err = s.c.Backups.Backups(ctx)
	}
	return backupList{Backups: list(all)}, err
}
