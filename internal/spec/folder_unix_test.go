//go:build unix

package spec_test

import (
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/spec"
)

func TestLoad_pipesAndDevicesAreNotOpened(t *testing.T) {
	files{"users.yaml": "version: 1\nleavers: pipe.txt\ninclude: [{files: pipe*}, {files: null.yaml}]\nusers: [{email: ana@acme.example}]\n"}.write(t)
	if err := syscall.Mkfifo("pipe.txt", 0o600); err != nil {
		t.Skipf("no pipes here: %v", err)
	}
	want := []string{
		"users.yaml:2:10: file pipe.txt: not a regular file",
		"users.yaml:3:19: file pipe.txt: not a regular file",
		"users.yaml:3:35: file null.yaml: no such file or directory",
	}
	if diff := cmp.Diff(want, problemsOf(t, spec.Options{Tools: tools()})); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if _, err := spec.Load("/dev/null", spec.Options{Tools: tools()}); err == nil || err.Error() != "/dev/null: not a regular file" {
		t.Errorf("a device: %v", err)
	}
}
