package workplace

// What tests look at from outside.
var (
	Await      = await
	ReadLine   = readLine
	FirstLine  = firstLine
	SourcePath = sourcePath
	Library    = library
	ErrDiffer  = errDiffer
)
