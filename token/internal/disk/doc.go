// Package disk is what carriers on a disk share: a [Folder] whose files change
// together or not at all, and the faults that errors of the operating system
// are to a carrier.
//
//	folder, err := disk.Open(disk.Config{Path: path, Device: device, Make: true})
//	err = folder.Read(ctx, "list", func(v disk.View) error {
//		data, err := v.Read("header.key") // …
//		return err
//	})
//	err = folder.Change(ctx, "generate", func(v disk.View) (disk.Files, error) {
//		return disk.Files{"header.key": header, "name.key": name, "old.key": nil}, nil
//	})
//
// # A change
//
// The new contents are written to files of other names, and then all of them
// once more to one file, the journal, with a checksum; each is synced, and so
// is the folder. From here on the change is made. The files are renamed over
// the old ones, those to be removed are removed, the folder is synced, and the
// journal is removed. Whoever opens the folder next and finds a whole journal
// does the rest of it; a journal that is not whole, and files that no journal
// needs, are removed. So there are the old contents or the new, of all the
// files, wherever the change was interrupted; on FAT too, where a renaming is
// two changes on the disk and may be found half done.
//
// Nothing is overwritten: what was in a file that was replaced or removed, and
// in the journal, may be found on the disk by whoever can read all of it.
//
// Space is needed before the change is made and not after: a disk that is full
// leaves the old contents.
//
// # Others
//
// Readers share a lock on the folder, and whoever changes it is alone, among
// processes as well. The lock goes with the process that has it. File systems
// without locks are used without.
//
// # Errors
//
// Errors of the operating system come out as *token.Error. One that came
// before the change was made, and after which nothing of it is left, has the
// fault that it is: Full, ReadOnly, Removed. One that came later has the fault
// Unknown, and wraps the other: the change will have been made when the folder
// is opened next, or, if the journal did not reach the disk, it will not.
//
// Package disktest is a disk in memory that fails where a test says.
package disk
