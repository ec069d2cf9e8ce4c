using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Listeners;
using Chat;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddActorSockets(builder.Configuration, sockets => sockets.AddHub<ChatHub>(ChatHub.Name));
builder.Services.AddSingleton<Roster>();
builder.Services.AddSingleton<Room>();

var app = builder.Build();
app.MapActorSockets();
app.MapChatPage();
app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"open {app.Services.GetRequiredService<ListenerAddresses>().Public[0]} in two windows"));

await app.RunAsync();
