namespace ActorSockets.AspNetCore.State;

/// <summary>
/// A file of the state directory: replaced whole or not at all, and for its owner's eyes only, because it may name users or
/// hold keys.
/// </summary>
internal static class OwnerFile
{
    private const UnixFileMode ReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes beside the file and renames over it: a crash leaves the old content or the new, never half of one.</summary>
    internal static async Task ReplaceAsync(string path, Func<Stream, Task> write, CancellationToken cancellation)
    {
        CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = path + ".new";
        File.Delete(draft); // a left-over would keep its own mode
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = ReadWrite;
        await using (var stream = new FileStream(draft, options))
        {
            await write(stream);
            await stream.FlushAsync(cancellation);
            stream.Flush(flushToDisk: true);
        }

        cancellation.ThrowIfCancellationRequested();
        File.Move(draft, path, overwrite: true);
    }

    private static void CreateDirectory(string directory)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
        else Directory.CreateDirectory(directory, ReadWrite | UnixFileMode.UserExecute);
    }
}
