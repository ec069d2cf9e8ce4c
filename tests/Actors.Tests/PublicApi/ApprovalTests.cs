using System.Runtime.CompilerServices;
using PublicApiGenerator;

namespace ActorSockets.Actors.Tests.PublicApi;

/// <summary>What applications compile against changes only when somebody meant it.</summary>
public class ApprovalTests
{
    private const string Update = "UPDATE_PUBLIC_API";

    [Fact]
    public void The_public_API_is_the_approved_one()
    {
        var file = Path.Combine(Path.GetDirectoryName(ThisFile())!, "ActorSockets.Actors.approved.txt");
        var actual = typeof(global::ActorSockets.Actors.Connections.ConnectionId).Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable(Update) == "1") File.WriteAllText(file, actual);

        var approved = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        Assert.True(
            approved == actual,
            $"The public API of ActorSockets.Actors is not the approved one. If that is meant, run\n  {Update}=1 dotnet test tests/Actors.Tests --filter PublicApi\nand commit {Path.GetFileName(file)}.\n{Difference(approved, actual)}");
    }

    private static string Difference(string approved, string actual)
    {
        var (before, after) = (approved.Split('\n'), actual.Split('\n'));
        return string.Join('\n', before.Except(after).Select(l => "- " + l).Concat(after.Except(before).Select(l => "+ " + l)));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
