using System.Net.Http.Json;

namespace ActorSockets.Integration.Tests.Endings;

public sealed class SecurityTests
{
    [Fact]
    public async Task A_banned_user_is_let_go_and_nobody_else()
    {
        await using var scene = await EndingScene.StartAsync(("Hubs:other:Handler", "echo"), ("Hubs:other:Anonymous", "true"));
        var lifetime = TimeSpan.FromMinutes(10);
        using var mary = await scene.ConnectAsync("echo", scene.Token("mary", lifetime));
        using var peter = await scene.ConnectAsync("echo", scene.Token("peter", lifetime));
        using var namesake = await scene.ConnectAsync("other", scene.Token("mary", lifetime, "other"));

        using var answer = await scene.Gateway.Admin.PutAsJsonAsync("/admin/v1/bans?subject=user:echo/mary", new { @for = "00:10:00", reason = "spam" });

        Assert.Equal(200, (int)answer.StatusCode);
        await mary.IsClosedAsync(1008, "banned");
        await scene.ToldAsync(mary, "banned", 1008, "clean");
        await scene.RefusedAsync(403, "banned", scene.Token("mary", lifetime));
        await peter.EchoesAsync();
        await namesake.EchoesAsync();
    }

    [Fact]
    public async Task A_banned_address_is_let_go()
    {
        await using var scene = await EndingScene.StartAsync();
        using var one = await scene.ConnectAsync();
        using var two = await scene.ConnectAsync();

        using var answer = await scene.Gateway.Admin.PutAsJsonAsync("/admin/v1/bans?subject=ip:127.0.0.0/8", new { @for = "00:10:00" });

        await Task.WhenAll(one.IsClosedAsync(1008, "banned"), two.IsClosedAsync(1008, "banned"));
        var told = new Told("banned", 1008, "clean");
        await scene.ToldAsync((one.Id, told), (two.Id, told));
        await scene.RefusedAsync(403, "banned");
        using var lifted = await scene.Gateway.Admin.DeleteAsync("/admin/v1/bans?subject=ip:127.0.0.0/8");
        using var back = await scene.ConnectAsync();
        await back.EchoesAsync();
    }
}
