using ActorSockets.Actors.Serialization;

namespace ActorSockets.Actors.Tests.Serialization;

/// <summary>
/// Nodes of adjacent releases understand each other. <c>Fixtures/{commit}.txt</c> is what the serializer of an earlier commit wrote for the samples: a line
/// each, manifest and bytes in hexadecimal. A fixture is never changed; <c>UPDATE_WIRE_FIXTURE=name</c> writes a new one.
/// </summary>
public sealed class CompatibilityTests
{
    private static readonly string Fixtures = Path.Combine(AppContext.BaseDirectory, "Serialization", "Fixtures");

    [Fact]
    public void What_an_older_node_says_is_understood()
    {
        WriteNewOne();

        var files = Directory.GetFiles(Fixtures, "*.txt");
        Assert.NotEmpty(files);
        foreach (var line in files.SelectMany(File.ReadLines))
        {
            var (manifest, bytes) = Parse(line);

            var message = CodecTable.Default.Read(manifest, bytes);

            Assert.Equal(manifest, CodecTable.Default.ManifestOf(message.GetType()));
        }
    }

    /// <summary>Field by field: an older node reads numbers and texts where they were, whatever has been added behind them.</summary>
    [Fact]
    public void What_we_say_holds_everything_that_an_older_node_reads()
    {
        foreach (var line in Directory.GetFiles(Fixtures, "*.txt").SelectMany(File.ReadLines))
        {
            var (manifest, old) = Parse(line);

            var now = Bytes(CodecTable.Default.Read(manifest, old));

            var missing = WireShape.Of(old).Except(WireShape.Of(now)).ToList();
            Assert.True(missing.Count == 0, $"{manifest}: {string.Join("; ", missing)}");
        }
    }

    private static void WriteNewOne()
    {
        if (Environment.GetEnvironmentVariable("UPDATE_WIRE_FIXTURE") is not { Length: > 0 } name) return;
        var folder = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "Serialization", "Fixtures");
        Directory.CreateDirectory(folder);
        File.WriteAllLines(Path.Combine(folder, $"{name}.txt"), Samples.All.Select(s => $"{CodecTable.Default.ManifestOf(s.GetType())} {Convert.ToHexStringLower(Bytes(s))}"));
    }

    private static (string Manifest, byte[] Bytes) Parse(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        return (line[..space], Convert.FromHexString(line[(space + 1)..]));
    }

    private static byte[] Bytes(IClusterMessage message)
    {
        var writer = new WireWriter();
        CodecTable.Default.Write(writer, message);
        return writer.ToArray();
    }
}
