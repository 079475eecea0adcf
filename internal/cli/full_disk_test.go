package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// smallDisk is a file on a disk with room for a number of bytes. What is on the disk already can be written over.
type smallDisk struct {
	*os.File
	room int64
	lazy bool // tells that it is full only when it must put everything down
	at   int64
}

func (d *smallDisk) Write(p []byte) (int, error) {
	if d.lazy || d.at+int64(len(p)) <= d.room {
		n, err := d.File.Write(p)
		d.at += int64(n)
		return n, err
	}
	n, _ := d.File.Write(p[:max(0, d.room-d.at)])
	d.at += int64(n)
	return n, d.full("write")
}

func (d *smallDisk) Seek(offset int64, whence int) (int64, error) {
	at, err := d.File.Seek(offset, whence)
	d.at = at
	return at, err
}

func (d *smallDisk) Sync() error {
	if info, err := d.Stat(); err != nil || info.Size() > d.room {
		return d.full("sync")
	}
	return nil
}

func (d *smallDisk) full(op string) error {
	return &fs.PathError{Op: op, Path: d.Name(), Err: syscall.ENOSPC}
}

// onDisk begins a file in a folder, on a disk with room for so much.
func onDisk(t *testing.T, folder, name string, room int64) (*pendingFile, *smallDisk) {
	t.Helper()
	f, err := beginFile(filepath.Join(folder, name), private)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.discard)
	disk := &smallDisk{File: f.temp.(*os.File), room: room}
	f.temp = disk
	return f, disk
}

// names returns what is in a folder.
func names(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return strings.Join(list, " ")
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func TestPendingFile_findsTheRoomThatItClaimed(t *testing.T) {
	for _, tt := range []struct {
		name          string
		claim, length int
		room          int64 // once it was claimed
		full          bool
	}{
		{name: "all of it", claim: 200_000, length: 200_000, room: 200_000},
		{name: "less than it", claim: 200_000, length: 700, room: 200_000},
		{name: "nothing at all", claim: 10, length: 0, room: 10},
		{name: "more, and the disk has more", claim: 100, length: 700, room: 1000},
		{name: "more, and the disk has no more", claim: 100, length: 700, room: 100, full: true},
		{name: "nothing claimed", length: 700, room: 1000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder := t.TempDir()
			f, disk := onDisk(t, folder, "report.txt", 1<<20)
			if err := f.claim(int64(tt.claim)); err != nil {
				t.Fatal(err)
			}
			disk.room = tt.room // somebody else filled the disk
			content := strings.Repeat("x", tt.length)
			err := f.write(text(content))
			f.discard()
			if tt.full {
				if !errors.Is(err, syscall.ENOSPC) || names(t, folder) != "" {
					t.Errorf("error %v, and in the folder: %s", err, names(t, folder))
				}
				return
			}
			got, readErr := os.ReadFile(filepath.Join(folder, "report.txt"))
			if err != nil || readErr != nil || string(got) != content || names(t, folder) != "report.txt" {
				t.Errorf("write: %v, read: %v, %d bytes, want %d; in the folder: %s", err, readErr, len(got), tt.length, names(t, folder))
			}
		})
	}
}

// Whenever a disk turns out to be full, an error says so and leaves what was there before, and nothing beside it.
func TestPendingFile_onAFullDisk(t *testing.T) {
	claim := func(n int64) func(*pendingFile) error { return func(f *pendingFile) error { return f.claim(n) } }
	write := func(f *pendingFile) error { return f.write(text(strings.Repeat("x", 700))) }
	for _, tt := range []struct {
		name string
		room int64
		lazy bool
		do   func(*pendingFile) error
	}{
		{"when room is claimed", 1000, false, claim(1001)},
		{"when much is claimed", 100_000, false, claim(1 << 20)},
		{"when what was claimed is put down", 1000, true, claim(1001)},
		{"when it is written without a claim", 100, false, write},
		{"when what was written is put down", 100, true, write},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "report.txt")
			if err := os.WriteFile(path, []byte("of yesterday"), private); err != nil {
				t.Fatal(err)
			}
			f, disk := onDisk(t, folder, "report.txt", tt.room)
			disk.lazy = tt.lazy
			err := tt.do(f)
			f.discard()
			if want := path + ": no space left on device"; err == nil || err.Error() != want {
				t.Errorf("\n got %v\nwant %s", err, want)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != "of yesterday" || names(t, folder) != "report.txt" {
				t.Errorf("%q, %v, and in the folder: %s", got, err, names(t, folder))
			}
		})
	}
}

// A file that could not be written keeps none of the others from it.
func TestReportFiles_writeAllThatCanBe(t *testing.T) {
	folder := t.TempDir()
	var files reportFiles
	for _, name := range []string{"a.json", "b.txt", "c.json"} {
		f, disk := onDisk(t, folder, name, 1<<20)
		files = append(files, f)
		if name == "b.txt" {
			disk.room = 10
		}
	}
	err := files.writeReport(&apply.Report{Result: apply.Converged}, render.TextOptions{})
	files.discard()
	if want := "--report " + filepath.Join(folder, "b.txt") + ": no space left on device"; err == nil || err.Error() != want {
		t.Errorf("\n got %v\nwant %s", err, want)
	}
	if got := names(t, folder); got != "a.json c.json" {
		t.Errorf("in the folder: %s", got)
	}
}

// A report in which everything went wrong at length, and everything is left to do, fits into what was claimed for it.
func TestReportFiles_claimEnough(t *testing.T) {
	for _, actions := range []int{0, 1, 40, 1000} {
		before, after := &apply.Report{}, &apply.Report{Result: apply.NotConverged}
		words := strings.Repeat("wörter von anderen ", 16)
		for i := range actions {
			a := plan.Action{
				ID: fmt.Sprintf("update_user:%d", i), Kind: plan.UpdateUser, Subject: fmt.Sprintf("person.%d@acme.example", i),
				Fields: []plan.FieldChange{{Field: "name"}},
			}
			before.Outcomes = append(before.Outcomes, apply.Outcome{Action: a, Status: apply.NotRun})
			after.Outcomes = append(after.Outcomes, apply.Outcome{Action: a, Status: apply.Failed, Error: words, Remarks: []string{words, words}, HTTPStatus: 500})
			after.Remaining = append(after.Remaining, apply.Remaining{Action: a, By: "ours"})
		}
		for _, name := range []string{"report.json", "report.txt"} {
			f, disk := onDisk(t, t.TempDir(), name, 1<<30)
			files := reportFiles{f}
			opts := render.TextOptions{Verbose: true, Command: render.ApplyCommand}
			if err := files.claim(before, opts); err != nil {
				t.Fatal(err)
			}
			disk.room = f.claimed
			if err := files.writeReport(after, opts); err != nil {
				t.Errorf("%d actions: %v: %d bytes claimed", actions, err, f.claimed)
			}
		}
	}
}
