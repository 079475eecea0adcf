//go:build !linux

package cli_test

import "os"

// peakMemory returns 0: it is measured on Linux alone.
func peakMemory(*os.ProcessState) int64 { return 0 }
