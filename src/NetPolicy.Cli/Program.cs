using System.Text;
using NetPolicy.Cli;

// LF and UTF-8 everywhere; standard output is buffered, standard error is not.
UTF8Encoding utf8 = new(encoderShouldEmitUTF8Identifier: false);
using StreamWriter output = new(Console.OpenStandardOutput(), utf8, 1 << 16) { NewLine = "\n" };
using StreamWriter error = new(Console.OpenStandardError(), utf8) { NewLine = "\n", AutoFlush = true };
Console.SetOut(output);
Console.SetError(error);
LeastPrivilege.Take(args);
return CommandLine.Run(args);
