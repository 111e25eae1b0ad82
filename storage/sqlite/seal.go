package sqlite

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// seal encrypts what the ledger must be able to read again, for owner only:
// AES-256-GCM, the nonce in front. The key is in a file beside the ledger,
// which only the bridge's own user may read; so a copy of the ledger, such as
// a backup, tells nothing without it.
func (db *DB) seal(owner string, secret []byte) ([]byte, error) {
	aead, err := db.sealer()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	rand.Read(nonce) // never fails
	return aead.Seal(nonce, nonce, secret, []byte(owner)), nil
}

// unseal is the inverse of seal.
func (db *DB) unseal(owner string, sealed []byte) ([]byte, error) {
	aead, err := db.sealer()
	if err != nil {
		return nil, err
	}
	n := aead.NonceSize()
	if len(sealed) < n {
		return nil, errors.New("a sealed value is too short")
	}
	return aead.Open(nil, sealed[:n], sealed[n:], []byte(owner))
}

func (db *DB) sealer() (cipher.AEAD, error) {
	db.key.Lock()
	defer db.key.Unlock()
	if db.key.aead != nil {
		return db.key.aead, nil
	}
	key, err := readKey(db.path + "-key")
	if err != nil {
		return nil, fmt.Errorf("key of the ledger: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	db.key.aead, err = cipher.NewGCM(block)
	return db.key.aead, err
}

const keyLen = 32

// readKey reads the key at path, or makes one. It is on the disk, whole, before
// anything is sealed with it.
func readKey(path string) ([]byte, error) {
	key, err := os.ReadFile(path)
	if err == nil && len(key) != keyLen {
		return nil, fmt.Errorf("%s holds %d bytes, not %d; put back the file that belongs to this ledger", path, len(key), keyLen)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	key = make([]byte, keyLen)
	rand.Read(key)
	f, err := os.OpenFile(path+"-new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(key)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	return key, os.Rename(path+"-new", path)
}
