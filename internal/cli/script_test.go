package cli_test

import (
	"encoding/base64"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/rogpeppe/go-internal/testscript"

	"rollcall/internal/cli"
	"rollcall/internal/sim/qtestsim"
	"rollcall/internal/sim/testrailsim"
)

var update = flag.Bool("update", false, "write what commands print into the scripts' own files")

// The API keys of scripts. Each bears the marker by which keys of tests are found: none may appear in any output or file.
const (
	marker   = "s3cret"
	adminKey = "sim-s3cret-4f1d9ab2c07e" // of the administrator in company.json
	wrongKey = "wrong-s3cret"            // of nobody
)

// The world of rollcall in a script is that of a process, but for what these variables say.
const (
	nowVariable      = "TEST_NOW"      // the clock, RFC 3339
	terminalVariable = "TEST_TERMINAL" // columns: all three streams are terminals
	pidVariable      = "TEST_PID"      // the file into which a process writes its number
	diskVariable     = "TEST_DISK"     // bytes that fit into a file, after which the disk is full
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"rollcall":   func() { os.Exit(cli.Main(scripted(cli.Process()))) },
		"panic-with": func() { panic(panicValues()[os.Args[1]]) },
	})
}

// scripted returns the world with a clock that stands still and, where a script wants it, with terminals.
func scripted(env cli.Env) cli.Env {
	env.Version, env.Commit = "v0.0.0-test", cli.Commit{}
	if now, err := time.Parse(time.RFC3339, os.Getenv(nowVariable)); err == nil {
		env.Now = func() time.Time { return now }
	}
	if width, err := strconv.Atoi(os.Getenv(terminalVariable)); err == nil {
		env.Stdin.Terminal, env.Stdout.Width, env.Stderr.Width = true, width, width
	}
	if size, err := strconv.ParseUint(os.Getenv(diskVariable), 10, 63); err == nil {
		fillDisk(size)
	}
	if path := os.Getenv(pidVariable); path != "" {
		_ = os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())), 0o600) // an interrupt that never comes fails the script
	}
	return env
}

// TestScript runs every script. Beside what testscript knows, a script has the commands of the table below, a company
// in company.json, in users.yaml a roster that agrees with it, and in site.json and site.yaml the same for qTest.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     cmdExits,     // exits N COMMAND...: runs it and holds its exit code and its output to the rules
			"sim":       cmdSim,       // sim NAME [SWITCH=VALUE...] [FILE]: serves a simulator of the tool that the file is of, and points the environment at it
			"login":     cmdLogin,     // login ADDRESS|wrong: puts who asks, or a key that is wrong, into the environment
			"qlogin":    cmdQLogin,    // qlogin token|password|wrong-token|wrong-password|both: the same for qTest
			"simset":    cmdSimSet,    // simset NAME SWITCH=VALUE...: turns switches of a running simulator
			"simedit":   cmdSimEdit,   // simedit NAME [@METHOD:N] VERB ARGS...: somebody else's edit, now or just before a request
			"interrupt": cmdInterrupt, // interrupt NAME METHOD:N: Ctrl-C while that request is under way
			"requests":  cmdRequests,  // requests NAME [writes]: prints the request log and forgets it
			"validjson": cmdValidJSON, // validjson plan|report FILE: holds JSON against its schema
			"replace":   cmdReplace,   // replace FILE OLD NEW: OLD stands there exactly once
			"receiver":  cmdReceiver,  // receiver NAME [file|signed]: serves a receiver of notifications, and points the environment at it
			"answers":   cmdAnswers,   // answers NAME STATUS...: how a receiver answers the next requests
			"received":  cmdReceived,  // received NAME: prints what a receiver was sent and forgets it
		},
	})
}

// TestScriptsUseExits keeps scripts from running rollcall in a way that accepts any failure or skips the checks of exits.
func TestScriptsUseExits(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) < 5 {
		t.Fatalf("found %d scripts: %v", len(scripts), err)
	}
	for _, path := range scripts {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if strings.Contains(line, "exec rollcall") && !strings.HasSuffix(line, "&") {
				t.Errorf("%s:%d: use `exits N rollcall ...`", path, i+1)
			}
		}
	}
}

// setup gives a script its files, a clock, and no credentials.
func setup(env *testscript.Env) error {
	for name, from := range map[string]string{"company.json": "testdata/company.json", "users.yaml": "testdata/users.yaml", "site.json": "testdata/site.json", "site.yaml": "testdata/site.yaml"} {
		to := filepath.Join(env.WorkDir, name)
		if _, err := os.Stat(to); err == nil {
			continue // the script brings its own
		}
		text, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if err := os.WriteFile(to, text, 0o600); err != nil {
			return err
		}
	}
	env.Setenv(nowVariable, "2026-11-22T12:00:00Z")
	env.Setenv("TERM", "xterm")
	env.Setenv("GORACE", "atexit_sleep_ms=0") // else every process of a race build takes a second to end
	env.Setenv(pidVariable, filepath.Join(env.WorkDir, ".tmp", "pid"))
	env.Values[simulatorsKey{}] = make(simulators)
	env.Values[receiversKey{}] = make(receivers)
	env.Defer(func() { checkFiles(env) })
	return nil
}

// checkFiles finds the key in what commands have written. Files of simulators hold it, as accounts of theirs, and key
// files are there to hold it.
func checkFiles(env *testscript.Env) {
	tb, ok := env.T().(testing.TB)
	if !ok {
		return
	}
	err := filepath.WalkDir(env.WorkDir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) == ".key" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil || strings.Contains(string(text), `"kind": "testrail-simulator"`) {
			return nil // unreadable on purpose, or a simulator's state
		}
		if where, found := secretIn(string(text)); found {
			tb.Errorf("%s holds the API key: %s", filepath.Base(path), where)
		}
		return nil
	})
	if err != nil {
		tb.Errorf("looking for secrets: %v", err)
	}
}

// secretIn returns the line that holds a key, or what HTTP Basic sends for it. The check of all that tests print knows more
// spellings.
func secretIn(text string) (line string, found bool) {
	basic := base64.StdEncoding.EncodeToString([]byte(testrailsim.DefaultAdmin + ":" + adminKey))
	secrets := []string{marker, basic, qtestsim.TokenPrefix, qtestsim.DefaultPassword, qtestsim.VendorPassword, "sim-session-", "sim-refresh-"}
	for line := range strings.SplitSeq(text, "\n") {
		if slices.ContainsFunc(secrets, func(secret string) bool { return strings.Contains(line, secret) }) {
			return line, true
		}
	}
	return "", false
}
