// Package powercut shows what a power cut would have left of a directory. It
// runs a program under strace, which sees every system call the program makes,
// however it was built; from the log of those that write, sync and name files
// it rebuilds the directory as it may have been on the disk at any moment:
//
//	r := powercut.Record(t, dir, cmd)
//	for m := range r.Moments() {
//		err := m.Image(elsewhere, powercut.Nothing) // and look what is there
//	}
//
// The model. What a sync of a file has covered, which is every write that had
// returned when the sync began, is on the disk when the sync returns. Every
// write since may be there, may not be, or may be there in part: sectors of
// 512 octets or pages of 4 KiB are whole, and any of them may be missing,
// whatever the order of writing; what is missing of a file that has grown
// reads as zeros. A change of length is there or not. A name that was made,
// moved or removed is so on the disk only after a sync of the directory; before
// that each of these changes may have happened or not, by itself. This is less
// than ext4 and xfs promise, and as much as POSIX does.
//
// What the model has not: writes through a shared mapping are not seen (SQLite
// writes only the index of its log so, ra.db-shm, which it rebuilds after a
// crash: such a file appears empty or as far as it was written by calls);
// disks that lie about syncs; sectors that were overwritten and are lost
// altogether.
package powercut
