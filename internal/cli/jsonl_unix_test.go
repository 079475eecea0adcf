//go:build unix

package cli_test

import (
	"bytes"
	"os"
	"testing"
)

// `rollcall apply --format jsonl | head -1`: a process that writes to a pipe without a reader would be ended by a signal,
// in the middle of its writes and without a report.
func TestProcess_eventsIntoABrokenPipe(t *testing.T) {
	d, report := mixedDesk(t, testRail())
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	p := d.process("apply", "--yes", "-f", d.roster, "--format", "jsonl", "--report", report)
	var stderr bytes.Buffer
	p.Stdout, p.Stderr = writer, &stderr
	if err := p.Run(); p.ProcessState.ExitCode() != 5 {
		t.Errorf("%v, exit code %d: %s", err, p.ProcessState.ExitCode(), &stderr)
	}
	checkConverged(t, report)
}
