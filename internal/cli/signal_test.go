//go:build unix

package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// words is what a process said. interrupted is closed as soon as it says that it was.
type words struct {
	text        bytes.Buffer
	interrupted chan struct{}
	once        sync.Once
}

func (w *words) Write(text []byte) (int, error) {
	if bytes.Contains(text, []byte("interrupted: requests under way")) {
		w.once.Do(func() { close(w.interrupted) })
	}
	return w.text.Write(text)
}

// String returns all that was said. To be called once the process has ended.
func (w *words) String() string { return w.text.String() }

// hang makes the requests of a method never be answered, and returns what is closed as the first one arrives.
func (d *desk) hang(t *testing.T, method string) <-chan struct{} {
	t.Helper()
	if err := d.turn([]string{"fault=hang@" + method}); err != nil {
		t.Fatal(err)
	}
	hangs := make(chan struct{})
	d.before(method, 1, func() error {
		close(hangs)
		return nil
	})
	return hangs
}

// startUntil starts a process and returns once hangs is closed. ended tells of the end of the process.
func startUntil(t *testing.T, p *exec.Cmd, hangs <-chan struct{}) (ended <-chan error) {
	t.Helper()
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- p.Wait() }()
	select {
	case <-hangs:
	case err := <-done:
		t.Fatalf("it ended before it hung: %v\n%s", err, p.Stdout)
	}
	return done
}

// hanging starts an apply whose first create is never answered, and returns it once it hangs, with what tells of its end.
func hanging(t *testing.T, tool product, args ...string) (p *exec.Cmd, said *words, ended <-chan error) {
	t.Helper()
	d, _ := mixedDesk(t, tool)
	hangs := d.hang(t, tool.create)
	p, said = d.process(append([]string{"apply", "--yes", "-f", d.roster}, args...)...), &words{interrupted: make(chan struct{})}
	p.Stdout, p.Stderr = said, said
	return p, said, startUntil(t, p, hangs)
}

// Ctrl-C and what a service manager sends mean the same: requests under way get their time, then there is a report.
func TestProcess_signalsEndInAReport(t *testing.T) {
	overProducts(t, func(t *testing.T, tool product) {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
			t.Run(signal.String(), func(t *testing.T) {
				report := filepath.Join(t.TempDir(), "report.json")
				p, said, ended := hanging(t, tool, "--grace", "10ms", "--report", report)
				if err := p.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
				<-ended
				if code := p.ProcessState.ExitCode(); code != 130 {
					t.Errorf("exit code %d, want 130\n%s", code, said)
				}
				text, err := os.ReadFile(report)
				if err != nil || !strings.Contains(string(text), `"result": "interrupted"`) {
					t.Errorf("report: %v\n%s", err, text)
				}
			})
		}
	})
}

// A second Ctrl-C does not wait for requests under way, however long they may take, and counts from the moment at which the
// first one is answered.
func TestProcess_secondInterruptEndsAtOnce(t *testing.T) {
	overProducts(t, func(t *testing.T, tool product) {
		report := filepath.Join(t.TempDir(), "report.json")
		p, said, ended := hanging(t, tool, "--grace", "1h", "--report", report)
		interrupt := func() {
			if err := p.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
		}
		interrupt()
		select {
		case <-said.interrupted:
		case <-ended:
			t.Fatalf("it ended without a word\n%s", said)
		}
		interrupt()
		<-ended
		if status, ok := p.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGINT {
			t.Errorf("it ended by itself: %v\n%s", p.ProcessState, said)
		}
		if _, err := os.Stat(report); err == nil {
			t.Error("a report that nobody finished stands under its name")
		}
	})
}
