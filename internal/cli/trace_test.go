package cli_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/cli"
)

// traced is a line of a trace.
type traced struct {
	Time     time.Time       `json:"time"`
	Command  string          `json:"command"`
	Route    string          `json:"route"`
	Try      int             `json:"try"`
	Status   int             `json:"status"`
	MS       int             `json:"ms"`
	Received int             `json:"received_bytes"`
	After    string          `json:"retry_after"`
	WaitMS   int             `json:"wait_ms"`
	Why      string          `json:"why"`
	Error    string          `json:"error"`
	Body     json.RawMessage `json:"body"`
	Answer   json.RawMessage `json:"answer"`
}

// readTrace reads a trace, of which each line has to be safe to look at.
func readTrace(t *testing.T, path string) []traced {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []traced
	scanner := bufio.NewScanner(f)
	for scanner.Scan() {
		var l traced
		if err := json.Unmarshal(scanner.Bytes(), &l); err != nil {
			t.Fatalf("%v in %q", err, scanner.Text())
		}
		if !utf8.Valid(scanner.Bytes()) || strings.ContainsFunc(scanner.Text(), func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("not safe to look at: %q", scanner.Text())
		}
		lines = append(lines, l)
	}
	if err := scanner.Err(); err != nil || len(lines) == 0 || lines[0].Command == "" {
		t.Fatalf("%d lines: %v", len(lines), err)
	}
	return lines
}

// A trace explains where a run lost its time and what ended it.
func TestTrace_explainsWaitsAndFailures(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault string
		code  int
		want  []string // of get_users: what happened, one after the other
	}{
		{"a window", "429:30s@get_users#1", 0, []string{"1: 429 after 30", "window", "2: 200"}},
		{"a date", "429-date:30s@get_users#1", 0, []string{"1: 429 after date", "window", "2: 200"}},
		{"a fault", "500@get_users#1", 0, []string{"1: 500", "retry", "2: 200"}},
		{"no answer", "reset@get_users", 8, []string{"1: 0", "retry", "2: 0", "retry", "3: 0", "retry", "4: 0", "retry", "5: 0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file, path := withSwitches(t, map[string]string{"fault": tt.fault}), filepath.Join(t.TempDir(), "t.jsonl")
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				env, _, stderr := inMemory("plan", "-f", "testdata/users.yaml", "--sim", file, "--trace", path)
				if code := cli.Main(env); code != tt.code {
					t.Fatalf("exit code %d, want %d\n%s", code, tt.code, stderr)
				}
				var got []string
				waited := 0 // by those who read accounts
				for _, l := range readTrace(t, path) {
					if l.Time.Before(start.Truncate(time.Millisecond)) || l.Time.After(time.Now()) {
						t.Errorf("%v is not the time of the run", l.Time)
					}
					switch {
					case l.Route != "get_users":
					case l.WaitMS > 0:
						waited += l.WaitMS
						got = append(got, l.Why)
					default:
						got = append(got, fmt.Sprintf("%d: %d%s", l.Try, l.Status, after(l)))
						if (l.Error == "") != (l.Status == 200) || (l.Answer != nil) != (l.Status >= 400) {
							t.Errorf("%+v: an error and an answer are there if it failed", l)
						}
					}
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("get_users (-want +got):\n%s", diff)
				}
				if took := int(time.Since(start).Milliseconds()); waited < took-10 || waited > took {
					t.Errorf("the lines explain %d of %d ms", waited, took)
				}
			})
		})
	}
}

// after says what a server asked for in a Retry-After.
func after(l traced) string {
	switch {
	case strings.HasSuffix(l.After, "GMT"):
		return " after date"
	case l.After != "":
		return " after " + l.After
	}
	return ""
}

// What a server sends, whatever it is, neither shows the key nor does anything to a terminal.
func TestTrace_isSafeToShow(t *testing.T) {
	const secret = "s3cret-77f0c3/K+z"
	token := base64.StdEncoding.EncodeToString([]byte("admin@acme.example:" + secret))
	for _, body := range []string{
		secret, "Basic " + token, `{"error":"` + secret + `"}`, `{"error":"` + strings.ReplaceAll(secret, "/", `\/`) + `"}`,
		`{"` + secret + `":["` + token + `"]}`, strings.Repeat(" ", 4<<10-5) + secret, "\x1b]0;owned\x07\u202e" + secret + "\u2066\x9b31m",
		"{\"name\":\"\u202e\x7f\u200b\U000e0001\xff\"}", `[` + strings.Repeat("[", 1<<12), "<html><title>" + secret,
	} {
		for _, status := range []int{200, 400, 429} {
			sent := body
			if status == 200 {
				sent = "<" + body // a page is not asked for again
			}
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Retry-After", "999999 "+secret)
				w.WriteHeader(status)
				_, _ = w.Write([]byte(sent))
			}))
			path := filepath.Join(t.TempDir(), "t.jsonl")
			env, _, _ := inMemory("doctor", "--trace", path, "--timeout", "1m", "--max-wait", "1ms")
			env.Getenv = func(name string) string {
				return map[string]string{"TESTRAIL_URL": web.URL, "TESTRAIL_USER": "admin@acme.example", "TESTRAIL_API_KEY": secret}[name]
			}
			if code := cli.Main(env); code == 0 {
				t.Errorf("HTTP %d %q: exit code 0", status, body)
			}
			web.Close()
			if lines := readTrace(t, path); !slices.ContainsFunc(lines, func(l traced) bool { return l.Route == "get_current_user" && l.Answer != nil }) {
				t.Errorf("HTTP %d %q: no line has the answer", status, body)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, piece := range []string{secret, "s3cret", "77f0c3", token[:12], token[len(token)-12:]} {
				if strings.Contains(string(text), piece) {
					t.Errorf("HTTP %d %q: shown:\n%s", status, body, text)
				}
			}
		}
	}
}

// Each line is there when what it tells of is over: whatever becomes of the process, it was not for nothing.
func TestTrace_isWrittenAsItHappens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.jsonl")
	var before []int // lines, when a request arrives
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
		}
		before = append(before, strings.Count(string(text), "\n"))
		if len(before) == 1 {
			http.Redirect(w, r, r.URL.String(), http.StatusFound)
			return
		}
		http.Error(w, `{"error":"no"}`, http.StatusUnauthorized)
	}))
	defer web.Close()
	for range 2 {
		env, _, stderr := inMemory("doctor", "--trace", path)
		env.Getenv = func(name string) string {
			return map[string]string{"TESTRAIL_URL": web.URL, "TESTRAIL_USER": "admin@acme.example", "TESTRAIL_API_KEY": "s3cret-key"}[name]
		}
		if code := cli.Main(env); code != 7 {
			t.Fatalf("exit code %d\n%s", code, stderr)
		}
	}
	if diff := cmp.Diff([]int{1, 1, 1}, before); diff != "" {
		t.Errorf("lines before each request (-want +got):\n%s", diff)
	}
}
