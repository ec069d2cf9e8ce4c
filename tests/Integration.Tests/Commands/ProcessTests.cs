using System.Diagnostics;
using ActorSockets.Gateway;
using ActorSockets.Integration.Tests.Hosting;

namespace ActorSockets.Integration.Tests.Commands;

/// <summary>The executable, as a script runs it.</summary>
public sealed class ProcessTests
{
    private const string Key = "an-operators-key-that-nobody-may-see-0123456789";

    [Fact]
    public async Task A_command_operates_a_gateway_with_the_key_of_the_environment()
    {
        await using var gateway = await GatewayHost.StartAsync(("Admin:Keys:ops:Key", Key), ("Admin:Keys:ops:Access", "operate"));

        var (exit, output, errors) = await RunAsync("nodes", "show", "--admin", gateway.Admin.BaseAddress!.ToString());

        Assert.Equal((ExitCodes.Clean, ""), (exit, errors));
        Assert.Contains("state\tserving\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output);
    }

    [Theory]
    [InlineData("drian")]
    [InlineData("--Kestrel:Endpoints:Public:Url=http://127.0.0.1:0", "start")]
    public async Task A_word_that_is_no_setting_starts_no_gateway(params string[] args)
    {
        var (exit, output, errors) = await RunAsync(args);

        Assert.Equal((ExitCodes.Misconfigured, ""), (exit, output));
        Assert.Contains("is neither a command nor a setting", errors, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ActorSockets.Gateway.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["ACTORSOCKETS_ADMIN_KEY"] = Key },
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, (await output).ReplaceLineEndings("\n"), await errors);
    }
}
