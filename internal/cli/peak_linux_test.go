package cli_test

import (
	"os"
	"syscall"
)

// peakMemory returns the peak resident set of a process that has ended, in bytes.
func peakMemory(state *os.ProcessState) int64 {
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		return int64(usage.Maxrss) * 1024
	}
	return 0
}
