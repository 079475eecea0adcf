//go:build unix

package cli_test

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// fillDisk lets no file of this process grow beyond a size: a write that would says so, as it does on a full disk.
func fillDisk(size uint64) {
	signal.Ignore(syscall.SIGXFSZ) // else the process ends there
	limit := syscall.Rlimit{Cur: size, Max: size}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		fmt.Fprintln(os.Stderr, "disk is not full:", err)
	}
}
