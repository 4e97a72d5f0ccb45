//go:build ignore

// Publish writes modules to a folder that GOPROXY=file://FOLDER serves:
//
//	go run publish.go FOLDER VERSION MODULE=DIR...
//
// A module's zip holds what go would take from a repository: not the modules nested in it.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

func main() {
	log.SetFlags(0)
	proxy, version := os.Args[1], os.Args[2]
	for _, arg := range os.Args[3:] {
		path, dir, _ := strings.Cut(arg, "=")
		if err := publish(proxy, module.Version{Path: path, Version: version}, dir); err != nil {
			log.Fatalf("publish %s: %v", path, err)
		}
	}
}

func publish(proxy string, m module.Version, dir string) error {
	path, err := module.EscapePath(m.Path)
	if err != nil {
		return err
	}
	versions := filepath.Join(proxy, filepath.FromSlash(path), "@v")
	if err := os.MkdirAll(versions, 0o755); err != nil {
		return err
	}

	f, err := os.Create(filepath.Join(versions, m.Version+".zip"))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := zip.CreateFromDir(f, m, dir); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}

	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return err
	}
	info := fmt.Sprintf(`{"Version":%q,"Time":%q}`, m.Version, time.Now().UTC().Format(time.RFC3339))
	for name, content := range map[string]string{
		"list":              m.Version + "\n",
		m.Version + ".info": info,
		m.Version + ".mod":  string(mod),
	} {
		if err := os.WriteFile(filepath.Join(versions, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}
