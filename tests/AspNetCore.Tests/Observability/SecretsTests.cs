using System.Net.Sockets;
using System.Text;
using ActorSockets.AspNetCore.Observability;
using ActorSockets.AspNetCore.Tests.Admin;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Tests.Observability;

public class SecretsTests
{
    private const string Secret = "eyJhbGciOiJIUzI1NiJ9-access-token";

    [Fact]
    public async Task A_token_in_the_query_is_in_no_log_at_any_level()
    {
        await using var host = await AdminHost.StartAsync();

        Assert.Equal("public", await host.Public.GetStringAsync($"/hello?access_token={Secret}"));
        await SendRawAsync(host.PublicPort, $"G<T /hello?access_token={Secret} HTTP/1.1\r\n\r\n");

        Assert.Contains(host.Log.Lines, l => l.Category.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, host.Log.All(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics")]
    [InlineData("Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics*")]
    [InlineData("Logging:LogLevel:microsoft.aspnetcore.hosting.diagnostics")]
    [InlineData("Logging:LogLevel:Default")]
    [InlineData("Logging:Captured:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics")]
    [InlineData("Logging:Captured:LogLevel:Default")]
    public void No_configuration_lifts_the_cap(string key)
    {
        using var log = new CapturedLog();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(key, "Trace")]).Build();
        using var services = new ServiceCollection()
            .AddLogging(b => b.AddConfiguration(configuration.GetSection("Logging")).AddProvider(log))
            .AddSecretLogCap()
            .BuildServiceProvider();
        var loggers = services.GetRequiredService<ILoggerFactory>();

        foreach (var category in SecretLogCategories.Capped)
        {
            Assert.False(loggers.CreateLogger(category).IsEnabled(LogLevel.Information));
            Assert.True(loggers.CreateLogger(category).IsEnabled(LogLevel.Warning));
        }
    }

    private static async Task SendRawAsync(int port, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        var answer = await new StreamReader(socket.GetStream()).ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
    }
}
