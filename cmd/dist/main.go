// Command dist makes the archives of a release, one a target, and SHA256SUMS beside them. The same commit gives the same
// bytes, wherever and whenever it is built. It must not know what rollcall does, nor publish anything.
//
//	go run ./cmd/dist --out dist linux/amd64 windows/arm64
package main

import (
	"context"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

const (
	program = "rollcall"
	command = "./cmd/rollcall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

// run makes the archives for the targets that are named, in the root of the module.
func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("dist", flag.ContinueOnError)
	out := flags.String("out", "dist", "`FOLDER` of the archives; one that is there is emptied")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("no target, such as linux/amd64, was given")
	}
	work, err := os.MkdirTemp("", "dist")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	beside, err := shipped(ctx)
	if err != nil {
		return err
	}
	sources, err := whence(ctx)
	if err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(*out), os.MkdirAll(*out, 0o755)); err != nil {
		return err
	}
	var archives []string
	for _, target := range flags.Args() {
		b, err := build(ctx, target, work, sources)
		if err != nil {
			return fmt.Errorf("%s: %w", target, err)
		}
		name := filepath.Join(*out, b.archive())
		if err := pack(name, b.folder(), b.time, append([]entry{{name: b.file(), from: b.path, executable: true}}, beside...)); err != nil {
			return fmt.Errorf("%s: %w", target, err)
		}
		fmt.Println(name)
		archives = append(archives, name)
	}
	return writeSums(filepath.Join(*out, "SHA256SUMS"), archives)
}

// built is the program for one target.
type built struct {
	path    string
	version string
	os      string
	arch    string
	time    time.Time // of the commit, in UTC
}

func (b *built) file() string {
	if b.os == "windows" {
		return program + ".exe"
	}
	return program
}

func (b *built) folder() string { return strings.Join([]string{program, b.version, b.os, b.arch}, "_") }

func (b *built) archive() string {
	if b.os == "windows" {
		return b.folder() + ".zip"
	}
	return b.folder() + ".tar.gz"
}

// build builds the program for a target such as linux/amd64. The version is what version control says, and stands in the
// program: the tag of the commit, or a version made of its time and hash, and "+dirty" where files differ from it.
func build(ctx context.Context, target, work string, sources []string) (*built, error) {
	goos, goarch, ok := strings.Cut(target, "/")
	if !ok {
		return nil, errors.New("target is not of the form OS/ARCH")
	}
	b := &built{path: filepath.Join(work, goos+"_"+goarch), os: goos, arch: goarch}
	compile := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=true", "-ldflags=-s -w -buildid=", "-o", b.path, command)
	// What somebody set for himself, in a variable or by `go env -w`, must not change the bytes.
	compile.Env = slices.Concat(os.Environ(), sources, []string{"GOENV=off", "GOOS=" + goos, "GOARCH=" + goarch, "CGO_ENABLED=0",
		"GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=", "GOFIPS140=off", "GOAMD64=v1", "GOARM64=v8.0"})
	compile.Stdout, compile.Stderr = os.Stderr, os.Stderr
	if err := compile.Run(); err != nil {
		return nil, fmt.Errorf("go build: %w", err)
	}
	info, err := buildinfo.ReadFile(b.path)
	if err != nil {
		return nil, err
	}
	b.version = info.Main.Version
	if b.time, err = time.Parse(time.RFC3339, setting(info, "vcs.time")); err != nil || b.version == "" || b.version == "(devel)" {
		return nil, errors.New("program does not say of which commit it is: build it in a clone of the repository, with git installed")
	}
	return b, nil
}

// whence returns the settings of the go command that say where modules and the toolchain come from and are kept, as variables.
// Whose they are does not matter: go.sum says what the modules are.
func whence(ctx context.Context) ([]string, error) {
	names := []string{"GOPROXY", "GOSUMDB", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE", "GOVCS", "GOTOOLCHAIN", "GOMODCACHE", "GOCACHE"}
	ask := exec.CommandContext(ctx, "go", append([]string{"env", "-json"}, names...)...)
	ask.Stderr = os.Stderr
	out, err := ask.Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	var values map[string]string
	if err := json.Unmarshal(out, &values); err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	var variables []string
	for _, name := range names {
		variables = append(variables, name+"="+values[name])
	}
	return variables, nil
}

func setting(info *debug.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// shipped returns what an archive holds beside the program: what there is to read on the first day, and the examples. What
// is not under version control is not shipped, nor are tests.
func shipped(ctx context.Context) ([]entry, error) {
	list := exec.CommandContext(ctx, "git", "ls-files", "-z", "README.md", "docs/*.md", "examples")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	var entries []entry
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if strings.HasSuffix(name, ".go") || strings.Contains(name, "/testdata/") {
			continue
		}
		info, err := os.Lstat(filepath.FromSlash(name))
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s is not a regular file: an archive holds none but those", name)
		}
		entries = append(entries, entry{name: name, from: filepath.FromSlash(name), executable: info.Mode()&0o100 != 0})
	}
	if len(entries) == 0 {
		return nil, errors.New("there is nothing to ship: run it in the root of the module")
	}
	return entries, nil
}
