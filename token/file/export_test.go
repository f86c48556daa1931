package file

// OpenOn opens a folder on a disk of a test.
var OpenOn = open
