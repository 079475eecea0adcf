// Package ci_test runs the shell steps of the CI examples as their systems would, with the real rollcall, against the
// simulator. It contacts nothing but the loopback: what GitHub and GitLab answer is answered by stand-ins.
package ci_test

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const (
	simUser = "admin@acme.example"
	simKey  = "sim-key"
)

// TestMain makes this binary gh under that name, and builds rollcall once for all tests.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "gh" {
		if err := gh(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, "gh:", err)
			os.Exit(1)
		}
		return
	}
	code, err := withTools(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// withTools runs the tests with a folder of tools of their own: rollcall, and what stands in for the clients of the systems.
func withTools(m *testing.M) (int, error) {
	folder, err := os.MkdirTemp("", "rollcall-ci-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	if out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", filepath.Join(folder, "rollcall"), "../../cmd/rollcall").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%w\n%s", err, out)
	}
	if err := release(folder); err != nil {
		return 0, err
	}
	if err := os.Setenv(toolsVariable, folder); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// release packs rollcall as `make dist` does, in a folder of an archive. It is a script that runs the one that was built: each
// job unpacks it, and a small one is unpacked at once.
func release(folder string) error {
	program := fmt.Sprintf("#!/bin/sh\nexec '%s' \"$@\"\n", filepath.Join(folder, "rollcall"))
	var archive bytes.Buffer
	compressed := gzip.NewWriter(&archive)
	files := tar.NewWriter(compressed)
	if err := files.WriteHeader(&tar.Header{Name: "rollcall_1.0.0_linux_amd64/rollcall", Mode: 0o755, Size: int64(len(program))}); err != nil {
		return err
	}
	if _, err := io.WriteString(files, program); err != nil {
		return err
	}
	if err := errors.Join(files.Close(), compressed.Close()); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "rollcall.tar.gz"), archive.Bytes(), 0o666)
}

// toolsVariable says where withTools put rollcall.
const toolsVariable = "ROLLCALL_CI_TEST_TOOLS"

func rollcallBinary() string { return filepath.Join(os.Getenv(toolsVariable), "rollcall") }

// needs skips a test where the system has no such tools: a developer may lack some of what the runners have.
func needs(t *testing.T, tools ...string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skipf("the examples are for Linux, this is %s", runtime.GOOS)
	}
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%v", err)
		}
	}
}

// instance is a simulator in a process of its own, with the state of examples/small-team.
type instance struct{ url, log string }

func simulator(t *testing.T) instance {
	t.Helper()
	i := instance{log: filepath.Join(t.TempDir(), "requests.log")}
	c := exec.Command(rollcallBinary(), "sim", "--snapshot", "../small-team/simulator.json", "--listen", "127.0.0.1:0", "--log", i.log)
	said, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait() // killed: the exit code says nothing
	})
	for lines := bufio.NewScanner(said); i.url == "" && lines.Scan(); {
		_, i.url, _ = strings.Cut(lines.Text(), "export TESTRAIL_URL=")
	}
	if i.url == "" {
		t.Fatal("the simulator does not say where it is")
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	return i
}

// environment is what a job that holds the key has.
func (i instance) environment() []string {
	return []string{"TESTRAIL_URL=" + i.url, "TESTRAIL_USER=" + simUser, "TESTRAIL_API_KEY=" + simKey}
}

// requests returns how many requests the simulator has had.
func (i instance) requests(t *testing.T) int {
	t.Helper()
	log, err := os.ReadFile(i.log)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(log, []byte("\n"))
}

// call asks the simulator as somebody who clicks in its pages would.
func (i instance) call(t *testing.T, method, path string, body, answer any) {
	t.Helper()
	sent, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(method, i.url+"/index.php?/api/v2/"+path, bytes.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(simUser, simKey)
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", path, response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		t.Fatal(err)
	}
}

type account struct {
	ID   int    `json:"id"`
	Role string `json:"role"`
	Name string `json:"name"`
}

func (i instance) account(t *testing.T, address string) account {
	t.Helper()
	var a account
	i.call(t, http.MethodGet, "get_user_by_email&email="+address, nil, &a)
	return a
}

// rename is an edit by hand.
func (i instance) rename(t *testing.T, address, name string) {
	t.Helper()
	var a account
	i.call(t, http.MethodPost, fmt.Sprintf("update_user/%d", i.account(t, address).ID), map[string]string{"name": name}, &a)
	if a.Name != name {
		t.Fatalf("%s is called %q, want %q", address, a.Name, name)
	}
}

// converge brings the simulator to the roster of examples/small-team, so that a change is all that a plan shows.
func (i instance) converge(t *testing.T) {
	t.Helper()
	c := exec.Command(rollcallBinary(), "apply", "--yes", "--file", "../small-team/users.yaml")
	c.Env = append(os.Environ(), i.environment()...)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// download serves rollcall, and returns the address and the checksum that a user writes into an example.
func download(t *testing.T) (url, sum string) {
	t.Helper()
	archive, err := os.ReadFile(rollcallBinary() + ".tar.gz")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(archive) }))
	t.Cleanup(server.Close)
	digest := sha256.Sum256(archive)
	return server.URL, hex.EncodeToString(digest[:])
}

// repository is what a team has: the roster of examples/small-team on main, beside the files of an example.
type repository struct{ folder string }

func newRepository(t *testing.T) repository {
	t.Helper()
	r := repository{t.TempDir()}
	r.git(t, "init", "--quiet", "--initial-branch=main")
	r.git(t, "config", "uploadpack.allowAnySHA1InWant", "true") // as the servers of both systems have it
	roster, err := os.ReadFile("../small-team/users.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r.write(t, "users.yaml", string(roster))
	return r
}

func (r repository) git(t *testing.T, args ...string) string {
	t.Helper()
	return git(t, r.folder, args...)
}

func git(t *testing.T, folder string, args ...string) string {
	t.Helper()
	c := exec.Command("git", args...)
	c.Dir = folder
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=Ines", "GIT_AUTHOR_EMAIL=ines@acme.example", "GIT_COMMITTER_NAME=Ines", "GIT_COMMITTER_EMAIL=ines@acme.example")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r repository) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(r.folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// edit replaces a text of the roster that is there once.
func (r repository) edit(t *testing.T, before, after string) {
	t.Helper()
	roster, err := os.ReadFile(filepath.Join(r.folder, "users.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(roster), before) != 1 {
		t.Fatalf("the roster does not have %q once", before)
	}
	r.write(t, "users.yaml", strings.Replace(string(roster), before, after, 1))
}

// commit commits everything and returns the commit.
func (r repository) commit(t *testing.T, message string) string {
	t.Helper()
	r.git(t, "add", "--all")
	r.git(t, "commit", "--quiet", "--message", message)
	return r.git(t, "rev-parse", "HEAD")
}

// fill writes into an example what a user has to.
func fill(t *testing.T, text, colon string) string {
	t.Helper()
	url, sum := download(t)
	for name, value := range map[string]string{"ROLLCALL_URL": url, "ROLLCALL_SHA256": sum} {
		for _, empty := range []string{`""`, `''`} {
			text = strings.Replace(text, name+colon+empty, name+colon+`"`+value+`"`, 1)
		}
	}
	if !strings.Contains(text, url) || !strings.Contains(text, sum) {
		t.Fatal("the example has no place for the address and the checksum of rollcall")
	}
	return text
}

// shell runs a step with nothing in its environment but what is said, and returns its exit code and what it printed.
func shell(t *testing.T, folder string, environment []string, command ...string) (code int, said string) {
	t.Helper()
	c := exec.Command(command[0], command[1:]...)
	c.Dir, c.Env = folder, environment
	out, err := c.CombinedOutput()
	if c.ProcessState == nil {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), string(out)
}

func readFile(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
