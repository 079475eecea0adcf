package cli_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/internal/cli"
	"rollcall/internal/sim/qtestsim"
	"rollcall/internal/sim/testrailsim"
)

// withSwitches writes the company of the scripts with switches turned, and returns the file's name.
func withSwitches(t *testing.T, switches map[string]string) string {
	t.Helper()
	f, err := os.Open("testdata/company.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	snapshot, err := testrailsim.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range switches {
		if err := snapshot.Switches.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	var text bytes.Buffer
	if err := snapshot.Save(&text); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "company.json")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// inMemory returns a world without terminals whose output is kept.
func inMemory(args ...string) (env cli.Env, stdout, stderr *bytes.Buffer) {
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	return cli.Env{
		Args: args, Stdin: cli.Input{Reader: strings.NewReader("")},
		Stdout: cli.Output{Writer: stdout}, Stderr: cli.Output{Writer: stderr},
		Getenv: func(string) string { return "" }, Now: time.Now, Version: "v0.0.0-test",
	}, stdout, stderr
}

func TestMain_tellsOfWaits(t *testing.T) {
	for _, tt := range []struct {
		name     string
		fault    string
		width    int
		args     []string
		code     int
		waited   time.Duration // at least
		told     string
		unspoken string
	}{
		{"a long wait is told where there is no terminal", "429:30s@get_users#1", 0, nil, 0, 30 * time.Second, "waiting 30 s: the tool asks to be left alone (429)", "\r"},
		{"a short one is not", "429:2s@get_users#1", 0, nil, 0, 2 * time.Second, "", "waiting"},
		{"on a terminal it is counted down", "429:3s@get_users#1", 80, nil, 0, 3 * time.Second, "waiting 2 s: the tool asks to be left alone (429)\x1b[0m · reading", ""},
		{"with -v it is told between the requests", "429:30s@get_users#1", 80, []string{"-v"}, 0, 30 * time.Second, "waiting 30 s: the tool asks to be left alone (429)\n", "\r"},
		{"-q wants to hear nothing of it", "429:30s@get_users#1", 80, []string{"-q"}, 0, 30 * time.Second, "", "waiting"},
		{"a host that fails and fails is given up", "500", 0, nil, 1, 15 * time.Second, "HTTP 500", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := withSwitches(t, map[string]string{"fault": tt.fault})
			synctest.Test(t, func(t *testing.T) {
				env, _, stderr := inMemory(append([]string{"plan", "-f", "testdata/users.yaml", "--sim", file}, tt.args...)...)
				env.Stderr.Width = tt.width
				start := time.Now()
				if code := cli.Main(env); code != tt.code {
					t.Errorf("exit code %d, want %d\n%s", code, tt.code, stderr)
				}
				if waited := time.Since(start); waited < tt.waited {
					t.Errorf("waited %s, want %s at least", waited, tt.waited)
				}
				if !strings.Contains(stderr.String(), tt.told) {
					t.Errorf("standard error does not say %q:\n%s", tt.told, stderr)
				}
				if tt.unspoken != "" && strings.Contains(stderr.String(), tt.unspoken) {
					t.Errorf("standard error says %q:\n%q", tt.unspoken, stderr)
				}
			})
		})
	}
}

// TestMain_simulator serves a simulator, asks it, ends it as Ctrl-C does, and looks at what it saved.
func TestMain_simulator(t *testing.T) {
	for _, tt := range []struct {
		name, snapshot  string
		greeting        string // how it begins
		exports         []string
		path, log, kind string // what is asked for, the line of the log for that, what the saved file says it is
	}{
		{"TestRail", "testdata/company.json", "SIMULATOR of TestRail cloud-2026, professional: 8 accounts (6 active), 3 groups, 2 projects\n",
			[]string{"TESTRAIL_URL=http://127.0.0.1:", "TESTRAIL_USER=admin@acme.example\n", "TESTRAIL_API_KEY=" + adminKey + "\n"},
			"/index.php?/api/v2/get_users", "GET get_users 401", `"testrail-simulator"`},
		{"qTest", "testdata/site.json", "SIMULATOR of qTest 2026, elite: 8 accounts (6 active), 5 groups, 3 projects\n",
			[]string{"QTEST_URL=http://127.0.0.1:", "QTEST_TOKEN=" + qtestsim.DefaultToken + "\n"},
			"/api/v3/groups", "GET /api/v3/groups 401", `"qtest-simulator"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			saved, log := filepath.Join(t.TempDir(), "after.json"), filepath.Join(t.TempDir(), "requests.log")
			out, in := io.Pipe()
			env, _, stderr := inMemory("sim", "--snapshot", tt.snapshot, "--listen", "127.0.0.1:0", "--save", saved, "--log", log)
			env.Stdout.Writer = in
			ctx, interrupt := context.WithCancel(t.Context())
			env.Interruptible = func() (context.Context, func()) { return ctx, func() {} }
			code := make(chan int, 1)
			go func() {
				code <- cli.Main(env)
				_ = in.Close()
			}()

			var greeting string
			buf := make([]byte, 4096)
			for !strings.Contains(greeting, "Ctrl-C ends it.") {
				n, err := out.Read(buf)
				greeting += string(buf[:n])
				if err != nil {
					t.Fatalf("%v after %q: %s", err, greeting, stderr)
				}
			}
			found := regexp.MustCompile(`export \w+_URL=(\S+)`).FindStringSubmatch(greeting)
			if found == nil || !strings.HasPrefix(greeting, tt.greeting) || strings.Count(greeting, "export ") != len(tt.exports) {
				t.Fatalf("greeting is %q", greeting)
			}
			for _, export := range tt.exports {
				if !strings.Contains(greeting, "\n  export "+export) {
					t.Errorf("greeting is %q, without %q", greeting, export)
				}
			}
			resp, err := http.Get(found[1] + tt.path)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusUnauthorized {
				t.Errorf("status %d without credentials, want 401", resp.StatusCode)
			}
			interrupt()
			if got := <-code; got != 0 {
				t.Errorf("exit code %d, want 0: %s", got, stderr)
			}
			for path, want := range map[string]string{saved: tt.kind, log: tt.log} {
				text, err := os.ReadFile(path)
				if err != nil || !strings.Contains(string(text), want) {
					t.Errorf("%s does not hold %q: %v\n%s", filepath.Base(path), want, err, text)
				}
			}
		})
	}
}

// TestMain_interruptedQuestion presses Ctrl-C where yes or no is due.
func TestMain_interruptedQuestion(t *testing.T) {
	file := withSwitches(t, nil)
	roster, err := os.ReadFile("testdata/users.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), "users.yaml")
	if err := os.WriteFile(changed, bytes.Replace(roster, []byte("Dana Kim"), []byte("Dana K."), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	env, _, stderr := inMemory("apply", "-f", changed, "--sim", file)
	env.Interruptible = func() (context.Context, func()) { return ctx, func() {} }
	silence, nobody := io.Pipe()
	defer nobody.Close()
	env.Stdin = cli.Input{Reader: readHook{silence, interrupt}, Terminal: true}
	env.Stderr.Width = 80
	if code := cli.Main(env); code != 130 {
		t.Errorf("exit code %d, want 130\n%s", code, stderr)
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the simulator was written to: %v", err)
	}
}

// readHook calls before as soon as somebody reads.
type readHook struct {
	io.Reader
	before func()
}

func (r readHook) Read(p []byte) (int, error) {
	r.before()
	return r.Reader.Read(p)
}
